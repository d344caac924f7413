/**
 * A relay between pages and a cluster, for Deno, Bun, Node and Workers. Pages
 * open sessions through it with podwire, and never see the credentials.
 *
 * ```ts ignore
 * import { createClient } from "@podwire/podwire";
 * import { createRelay } from "@podwire/podwire/relay";
 *
 * const relay = createRelay({
 *   client: await createClient(),
 *   origins: ["https://ops.example"],
 *   authorize: async (request, call) => {
 *     const user = await userOf(request.headers.get("cookie"));
 *     return user?.mayDebug(call.namespace) ? { user: user.name } : null;
 *   },
 * });
 * Deno.serve(relay); // Deno
 * Bun.serve({ fetch: relay, websocket: relay.websocket }); // Bun
 * httpServer.on("upgrade", relay.upgrade); // Node
 * export default { fetch: relay }; // Workers
 * ```
 *
 * In the page: `createClient({ server: new URL("/relay", location.href) })`.
 *
 * @module
 */

import { reportUncaught } from "../client/call_report.ts";
import {
  type BunHandlers,
  bunHandlers,
  type BunServer,
} from "./page/bun_page.ts";
import { bunAcceptor } from "./page/bun_page.ts";
import { denoAcceptor } from "./page/deno_page.ts";
import {
  type NodeUpgradeRequest,
  type NodeUpgradeSocket,
  takeNodeUpgrade,
} from "./page/node_page.ts";
import type { PageAcceptor } from "./page/page.ts";
import { hasWebSocketPair, workerAcceptor } from "./page/worker_page.ts";
import { type RelayOptions, relaySettings } from "./options.ts";
import { RelayServer } from "./relay.ts";

export type { Client, ClientRequest, ClientUpgrade } from "../client/client.ts";
export type { Bytes } from "../bytes.ts";
export type { ByteDuplex, DuplexReceiver } from "../transport/duplex.ts";
export type * from "../transport/transport.ts";
export type { RelayAuthorize, RelayGrant } from "./grant.ts";
export { RELAY_CLOSE_CODE } from "./joined_connections.ts";
export type { RelayOptions } from "./options.ts";
export type { BunHandlers, BunServer, BunSocket } from "./page/bun_page.ts";
export type {
  NodeUpgradeRequest,
  NodeUpgradeSocket,
} from "./page/node_page.ts";
export type { RelayCall, RelaySubresource } from "./relay_call.ts";
export type { RelayEndReason, RelayEvent, RelayTarget } from "./relay_event.ts";
export type { RefusalReason } from "./upgrade_check.ts";

/** A relay; call it with a request of a page. */
export interface Relay {
  /**
   * Answers a request: an upgrade that is allowed becomes a session, everything
   * else gets 400 to 504. Nothing is asked of the cluster before the request is
   * known to be an upgrade of a page of an allowed origin that `authorize`
   * allows.
   *
   * @param server On Bun the server, as `Bun.serve` gives it to `fetch`.
   * @throws {TypeError} If the runtime's server cannot upgrade it: on Bun without
   * `server`, on Node, where {@linkcode Relay.upgrade} is for that.
   */
  (request: Request, server?: unknown): Promise<Response>;
  /** On Bun: the option `websocket` of `Bun.serve`. */
  readonly websocket: BunHandlers;
  /**
   * On Node: the listener for `upgrade` of an `http` or `https` server. It
   * answers every upgrade; those elsewhere with 404.
   */
  readonly upgrade: (
    request: NodeUpgradeRequest,
    socket: NodeUpgradeSocket,
    head: Uint8Array,
  ) => void;
  /** How many pages are connected or connecting. */
  readonly connections: number;
  /**
   * Ends all sessions, and refuses further pages. Resolves once their
   * connections are released, about a second later at most. The client stays
   * open. Idempotent.
   */
  close(): Promise<void>;
  /** Same as {@linkcode Relay.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a relay, which forwards messages between pages and pods without
 * parsing them. It lets go of a pod's connection when the page leaves, in
 * whatever way, and of the page's when the session ends.
 *
 * @throws {TypeError | RangeError} If an option cannot be used.
 */
export function createRelay(options: RelayOptions): Relay {
  const settings = relaySettings(options);
  const relay = new RelayServer(settings);
  const handle = async (
    request: Request,
    server?: unknown,
  ): Promise<Response> => {
    const acceptor = acceptorFor(request, server);
    return await relay.answer({
      request,
      acceptor,
      // Only once it is needed: Deno 2.9 warns of its use, once in a process.
      get signal() {
        return request.signal;
      },
    });
  };
  const close = () => relay.close();
  const members: Omit<Relay, "connections"> & ThisType<Relay> = Object.assign(
    handle,
    {
      websocket: bunHandlers(settings.maxMessageSize),
      upgrade: (
        message: NodeUpgradeRequest,
        socket: NodeUpgradeSocket,
        head: Uint8Array,
      ) => {
        answerNode(relay, message, socket, head).catch((error) => {
          socket.destroy();
          reportUncaught(error);
        });
      },
      close,
      [Symbol.asyncDispose]: close,
    },
  );
  return Object.defineProperty(members, "connections", {
    get: () => relay.connections,
    enumerable: true,
  }) as Relay;
}

function acceptorFor(request: Request, server: unknown): PageAcceptor {
  if (isBunServer(server)) return bunAcceptor(request, server);
  if (hasWebSocketPair()) return workerAcceptor;
  if ("Deno" in globalThis) return denoAcceptor(request);
  throw new TypeError(
    "Cannot relay the request: " +
      ("Bun" in globalThis
        ? "pass the server, as in Bun.serve({ fetch: relay, websocket: relay.websocket })"
        : 'on Node, use server.on("upgrade", relay.upgrade)'),
  );
}

function isBunServer(server: unknown): server is BunServer {
  return typeof (server as Partial<BunServer> | undefined)?.upgrade ===
    "function";
}

async function answerNode(
  relay: RelayServer,
  message: NodeUpgradeRequest,
  socket: NodeUpgradeSocket,
  head: Uint8Array,
): Promise<void> {
  const { request, signal, acceptor, refuse } = takeNodeUpgrade(
    message,
    socket,
    head,
  );
  const response = request === null
    ? new Response("malformed request\n", { status: 400 })
    : await relay.answer({ request, signal, acceptor });
  // An upgrade that was accepted has been answered.
  if (response.status >= 400) await refuse(response);
}
