import { CallSite } from "../../call_site.ts";
import type { ForwardedConnection } from "../../session/forwarded_connection.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import type { PortForwardOptions } from "./forward_call.ts";

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
}
