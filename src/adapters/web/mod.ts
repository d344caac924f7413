/**
 * The transport for browsers and workers, on the standard `WebSocket` and
 * `fetch` alone; it runs on Deno, Bun and Node as well.
 *
 * @module
 */

// Quirks of the platforms' own WebSockets:
// - Deno's may keep the last messages over TLS to itself until another follows
//   (2 of 60 uploads of 8 MiB with 2.9.6): an empty one does.
// - Deno's also gives up on the first write that fails, with messages unread.
// - A browser's gives up where it is asked for a client certificate, unless a
//   request has been there before it.
import type { Transport } from "../../transport/transport.ts";
import {
  standardTransport,
  type WebTransportOptions,
} from "./web_transport.ts";

export type { WebSocketSource } from "./web_handshake.ts";
export type { Bytes } from "../../bytes.ts";
export type * from "../../transport/transport.ts";
export type { WebTransportOptions };

/**
 * HTTP and WebSocket by the web's standards alone, for browsers and workers.
 * A bearer token goes with the upgrade as a subprotocol; TLS options, a proxy
 * and other headers are beyond it and give a `ConfigurationError`.
 */
export function webTransport(options: WebTransportOptions = {}): Transport {
  return standardTransport(options, {
    delaysLastMessage: "Deno" in globalThis,
    needsPreflight: isElsewhere,
  });
}

/** Whether this is a page, or a worker of one, that came from another server. */
function isElsewhere({ origin }: URL): boolean {
  const { location, navigator } = globalThis;
  const isPage = navigator?.userAgent?.startsWith("Mozilla/") ?? false;
  return isPage && location !== undefined && location.origin !== origin;
}
