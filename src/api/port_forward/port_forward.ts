import { CallSite } from "../../call_site.ts";
import type { ForwardedConnection } from "../../session/forwarded_connection.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import type { PortForwardOptions } from "./forward_call.ts";
import type { PortFetchInit } from "./fetch_options.ts";
import type { ListenOptions, PortListener } from "./listen.ts";

/** Connects to ports of pods: `api.portForward`. */
export class PortForwardAccessor {
  readonly #context: CallContext;

  /**
   * `Api` makes it.
   *
   * @internal
   */
  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * Opens one connection to a port of a pod. Whether anything listens there is
   * known only after it is open: see {@linkcode ForwardedConnection}.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const connection = await pods.portForward.connect("service/web", 80);
   * const writer = connection.writable.getWriter();
   * await writer.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
   * console.log(await new Response(connection.readable).text());
   * await connection.close();
   * await client.close();
   * ```
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @param port A port of the pod, by its number or by its name in the pod's
   * containers; with `service/NAME`, a port of the Service.
   * @throws {TypeError | RangeError} If an argument is invalid; nothing is sent.
   * @throws {TargetNotFoundError} If no pod fits the target.
   * @throws {PortForwardError} If the pod or the Service has no such port.
   * @throws {HandshakeError} If the server refuses.
   * @throws {ConnectError} If there is no answer.
   * @throws {CallTimeoutError} If the handshake takes longer than `timeout`.
   */
  async connect(
    target: Target,
    port: number | string,
    options: PortForwardOptions = {},
  ): Promise<ForwardedConnection> {
    const site = new CallSite(this.connect);
    return await site.trace(async () => {
      const { connect } = await import("./connect.ts");
      return await connect(this.#context, target, port, options, site);
    });
  }

  /**
   * Listens on this machine, and forwards each connection to a port of a pod, as
   * `kubectl port-forward` does; on Deno, Bun and Node. Each connection stands
   * alone, and chooses the target's pod anew: one that fails touches neither the
   * others nor the listener, which outlives pods.
   *
   * Nothing is sent before the first connection: whether there is such a pod or
   * port is known only then, and told to `onError`.
   *
   * A program that ends its side before the answer may lose it, as with kubectl:
   * see `ForwardedConnection.halfClose`.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const listener = await pods.portForward.listen("service/web", 80, {
   *   onError: (error) => console.error(error),
   * });
   * const response = await fetch(`http://127.0.0.1:${listener.port}/`);
   * console.log(await response.text());
   * await listener.close();
   * await client.close();
   * ```
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @param port A port of the pod, or with `service/NAME` of the Service.
   * @throws {TypeError | RangeError} If an argument is invalid.
   * @throws {ConfigurationError} If it cannot listen there, or this platform has
   * no local sockets.
   */
  async listen(
    target: Target,
    port: number | string,
    options: ListenOptions = {},
  ): Promise<PortListener> {
    const site = new CallSite(this.listen);
    return await site.trace(async () => {
      const { listen } = await import("./listen.ts");
      return await listen(this.#context, target, port, options, site);
    });
  }

  /**
   * Sends an HTTP request to a port of a pod, on every runtime, pages too. The
   * URL's port is the pod's, or the Service's, and its host only the `Host`
   * header. Each request has a connection of its own, redirects are not followed,
   * and a body of any length is streamed both ways.
   *
   * An `https:` URL needs the default transport of Node, Bun or Deno 2.7: TLS
   * ends in the pod, whose certificate has to be for the URL's host, and of an
   * authority that the runtime trusts, unless the options of {@linkcode
   * PortFetchInit} say otherwise.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const url = "http://web/health";
   * const response = await pods.portForward.fetch("service/web", url);
   * console.log(response.status, await response.text());
   * await client.close();
   * ```
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @param input An `http:` or `https:` URL, or a `Request` with one.
   * @throws {TypeError | RangeError} If an argument is invalid; nothing is sent.
   * @throws {ConfigurationError} If an option of TLS cannot be used, or there is
   * no TLS within a forwarded connection; nothing is sent.
   * @throws {PortForwardError} If the port cannot be reached.
   * @throws {TargetNotFoundError} If no pod fits the target.
   * @throws {HandshakeError} If the API server refuses.
   * @throws {ConnectError} If there is no answer, or TLS fails; see its `code`.
   * @throws {CallTimeoutError} If the response takes longer than `timeout`.
   */
  async fetch(
    target: Target,
    input: string | URL | Request,
    init: PortFetchInit = {},
  ): Promise<Response> {
    const site = new CallSite(this.fetch);
    return await site.trace(async () => {
      const { fetchPort } = await import("./fetch.ts");
      return await fetchPort(this.#context, target, input, init);
    });
  }
}
