/**
 * The transport for browsers and workers, on the standard `WebSocket` and
 * `fetch`. Also runs on Deno, Bun and Node.
 *
 * @module
 */

// Quirks of the platforms' WebSockets:
// - Deno's may delay the last messages over TLS until another follows (2 of 60
//   uploads of 8 MiB with 2.9.6); an empty message is enough.
// - Deno's fails at the first failed write, with messages unread.
// - A browser's fails if the server asks for a client certificate, unless an
//   HTTP request went to the server before.
import { isPage } from "../../platform/user_agent.ts";
import type { Transport } from "../../transport/transport.ts";
import {
  createWebTransport,
  type WebTransportOptions,
} from "./web_transport.ts";

export type { WebSocketSource } from "./web_handshake.ts";
export type { Bytes } from "../../bytes.ts";
export type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
export type * from "../../transport/transport.ts";
export type { WebTransportOptions };

/**
 * HTTP and WebSocket on web standards, for browsers and workers. Sends a bearer
 * token as a subprotocol of the upgrade. TLS options, a proxy and other headers
 * are not supported: they are a `ConfigurationError`.
 */
export function webTransport(options: WebTransportOptions = {}): Transport {
  return createWebTransport(options, {
    delaysLastMessage: "Deno" in globalThis,
    needsPreflight: isCrossOrigin,
  });
}

/** Whether this is a page, or its worker, from another origin. */
function isCrossOrigin({ origin }: URL): boolean {
  const { location } = globalThis;
  return isPage() && location !== undefined && location.origin !== origin;
}
