/**
 * The transport for Deno 2.5 and later, on `Deno.connect` and its kin.
 *
 * @module
 */

// Deno's quirks:
// - No one native call takes every TLS option: `deno_dial` says which takes
//   what, and falls back on `node:tls` for the rest.
// - From 2.7 on, pausing a `node:tls` socket does not stop the reading; before,
//   TLS over a stream drops the client certificate. So the fallback runs over a
//   stream around the raw socket, which can be paused, or over the raw socket,
//   which then cannot end one half.
// - A certificate authority is trusted beside Deno's own, not instead of them.
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { denoDial } from "./deno_dial.ts";
import { checkMaterial } from "../node/tls_material.ts";

export type { Bytes } from "../../bytes.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Deno's sockets; `createClient` takes it by itself. */
export function denoTransport(): Transport {
  return socketTransport({ name: "deno", dial: denoDial(), checkMaterial });
}
