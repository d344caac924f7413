/**
 * The transport for Deno 2.5 and later, on `Deno.connect` and its kin.
 *
 * @module
 */

// Quirks of Deno:
// - No single native call takes every TLS option: `deno_dial.ts` lists which
//   takes what and falls back to `node:tls`.
// - Since 2.7, pausing a `node:tls` socket does not stop it from reading; before,
//   TLS over a stream drops the client certificate. So the fallback runs over a
//   stream around the raw socket, which can be paused, or over the raw socket
//   itself, which then has no half-close.
// - A certificate authority is trusted in addition to Deno's own.
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { sha1 } from "../../platform/sha1.ts";
import { nextTurn } from "../next_turn.ts";
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { isModernDeno } from "../../platform/runtime.ts";
import { denoDial } from "./deno_dial.ts";
import { nestedTls } from "../node/nested_tls.ts";
import { DENO_QUIRKS } from "../node/runtime_quirks.ts";
import { checkMaterial } from "../node/tls_material.ts";

export type { Bytes } from "../../bytes.ts";
export type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Deno's sockets; the default of `createClient` on Deno. */
export function denoTransport(): Transport {
  return socketTransport({
    name: "deno",
    dial: denoDial(),
    // Before, TLS over a stream is connected before it has verified anything.
    ...(isModernDeno() ? { tlsLayer: nestedTls(DENO_QUIRKS) } : {}),
    checkMaterial,
    startBackgroundTimer,
    nextTurn,
    sha1,
  });
}
