/**
 * The transport for Node 22 and later, on `node:net` and `node:tls`.
 *
 * @module
 */

// Node's quirks:
// - Its global WebSocket takes neither a private authority nor a client
//   certificate, hides the answer to a refused upgrade, and cannot pause.
// - A write that fails drops the socket with all that it has not read.
// - A TLS session is resumed only when it is passed to `connect` by hand.
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { nodeDial } from "./node_dial.ts";
import { checkMaterial } from "./tls_material.ts";
import { SecureContexts, SessionCache } from "./tls_sessions.ts";

export type { Bytes } from "../../bytes.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Node's sockets; `createClient` takes it by itself. */
export function nodeTransport(): Transport {
  const dial = nodeDial({
    sessions: new SessionCache(),
    contexts: new SecureContexts(),
    layered: false,
    readsOn: true,
  });
  return socketTransport({ name: "node", dial, checkMaterial });
}
