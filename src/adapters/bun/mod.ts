/**
 * The transport for Bun 1.3 and later, on Bun's `node:net` and `node:tls`.
 *
 * @module
 */

// Quirks of Bun beyond `runtime_quirks.ts`:
// - Its global WebSocket pauses only since 1.4.1, hides the response to a refused
//   upgrade, and `send` then `close` may drop queued frames.
// - A paused socket notices neither FIN nor a reset until it is resumed: `end`
//   resumes first. Bun 1.3 without TLS does notice a reset, and then drops the
//   socket along with unread data.
// - Bun 1.3 crashes on a damaged or mismatched key: see `tls_material.ts`. It
//   trusts an intermediate authority only together with its root.
// - Bun 1.3 verifies no name when the server's address is an IP address: see
//   `identity_check.ts`.
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { sha1 } from "../../platform/sha1.ts";
import { nextTurn } from "../next_turn.ts";
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { isModernBun } from "../../platform/runtime.ts";
import { nestedTls } from "../node/nested_tls.ts";
import { nodeDial } from "../node/node_dial.ts";
import { BUN_1_3_QUIRKS, BUN_QUIRKS } from "../node/runtime_quirks.ts";
import { checkMaterial } from "../node/tls_material.ts";

export type { Bytes } from "../../bytes.ts";
export type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Bun's sockets; the default of `createClient` on Bun. */
export function bunTransport(): Transport {
  const quirks = isModernBun() ? BUN_QUIRKS : BUN_1_3_QUIRKS;
  return socketTransport({
    name: "bun",
    dial: nodeDial(quirks),
    tlsLayer: nestedTls(quirks),
    checkMaterial,
    startBackgroundTimer,
    nextTurn,
    sha1,
  });
}
