/**
 * The transport for Node 22.3 and later, on `node:net` and `node:tls`.
 *
 * @module
 */

// Why Node's global WebSocket is not used: it takes neither a private authority
// nor a client certificate, hides the response to a refused upgrade, and cannot
// pause. For quirks of `node:net` and `node:tls` see `runtime_quirks.ts`.
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { sha1 } from "../../platform/sha1.ts";
import { nextTurn } from "../next_turn.ts";
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { nestedTls } from "./nested_tls.ts";
import { nodeDial } from "./node_dial.ts";
import { NODE_QUIRKS } from "./runtime_quirks.ts";
import { checkMaterial } from "./tls_material.ts";

export type { Bytes } from "../../bytes.ts";
export type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Node's sockets; the default of `createClient` on Node. */
export function nodeTransport(): Transport {
  const dial = nodeDial(NODE_QUIRKS);
  return socketTransport({
    name: "node",
    dial,
    checkMaterial,
    tlsLayer: nestedTls(NODE_QUIRKS),
    startBackgroundTimer,
    nextTurn,
    sha1,
  });
}
