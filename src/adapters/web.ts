/**
 * The transport for browsers and workers, on the standard `WebSocket` and
 * `fetch` alone; it runs on Deno, Bun and Node as well.
 *
 * @module
 */

export {
  webTransport,
  type WebTransportOptions,
} from "../transport/web_transport.ts";
export type { WebSocketSource } from "../transport/web_handshake.ts";
export type { Bytes } from "../bytes.ts";
export type * from "../transport/transport.ts";
