/**
 * The transport for Bun 1.3 and later, on Bun's `node:net` and `node:tls`.
 *
 * @module
 */

// Bun's quirks:
// - Its global WebSocket pauses since 1.4.1 only, hides the answer to a refused
//   upgrade, and its plain `send` then `close` may drop queued frames.
// - A paused socket sees neither the peer's FIN nor its reset before it is
//   resumed: `end` resumes first. Bun 1.3, without TLS, does see a reset, and
//   drops the socket with all that it has not read; nor can it end one half.
// - From 1.4 on, a paused TLS socket that is resumed, or read from, reads half a
//   MiB at once, even if it still holds more than its high-water mark.
// - From 1.4 on, a TLS socket that is destroyed with a backlog now and then stays
//   open, with that, though it says that it is closed.
// - Bun 1.3 crashes of a key that is damaged or another's: see `tls_material`.
//   It trusts an authority below others only together with those, and calls a
//   failed handshake an untrusted certificate.
// - Bun 1.3 compares no name when the server is reached by address: see
//   `identity_check`. And pausing its TLS over a socket that exists does not
//   stop the reading; over a stream around that socket it does.
import { socketTransport } from "../../transport/socket_transport.ts";
import type { Transport } from "../../transport/transport.ts";
import { isModernBun } from "../../platform/runtime_version.ts";
import { nodeDial } from "../node/node_dial.ts";
import { checkMaterial } from "../node/tls_material.ts";
import { SessionCache } from "../node/tls_sessions.ts";

export type { Bytes } from "../../bytes.ts";
export type * from "../../transport/transport.ts";

/** HTTP and WebSocket on Bun's sockets; `createClient` takes it by itself. */
export function bunTransport(): Transport {
  const old = !isModernBun();
  const dial = nodeDial({
    sessions: new SessionCache(),
    layered: old,
    direct: !old,
    hoards: !old,
    lingers: !old,
    misreports: old,
    endsWhole: old,
  });
  return socketTransport({ name: "bun", dial, checkMaterial });
}
