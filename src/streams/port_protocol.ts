import type { Bytes } from "../bytes.ts";

/** Receives what the pod's side of a forwarded port sends. */
export interface PortReceiver {
  /** The next bytes, from `start` on; owned as those of a `ChannelSink`. */
  data(part: Bytes, start: number): void;
  /** The pod's side has half-closed. */
  dataEnded(): void;
  /** A part of what the node says about a failure. */
  errorText(part: Bytes): void;
  /** The node says no more, which is all that it says without a failure. */
  errorEnded(): void;
  /** The node has reset the connection. */
  reset(): void;
  /** The node has answered a ping. */
  pong(): void;
}

/**
 * One subprotocol for a forwarded port: what is sent, and what the messages that
 * come mean.
 */
export interface PortProtocol {
  /** Whether one direction can end while the other goes on. */
  readonly halfClose: boolean;
  /** Sends what opens the port. */
  open(): void;
  /**
   * Receives a part of a message.
   *
   * @throws {ProtocolError} If it is not what the subprotocol says.
   */
  received(part: Bytes, last: boolean): void;
  /** Sends bytes, at most 32 KiB; false when the socket's buffer is full. */
  send(payload: Uint8Array): boolean;
  /** Sends the end of our side; only with `halfClose`. */
  finish(): void;
  /** Tells the server that the connection is given up, where it can be told. */
  abandon(): void;
  /** Sends something that servers count as activity. */
  sendActivity(): void;
  /** Pings the node itself; null: only the server that ends the WebSocket can. */
  readonly ping: (() => void) | null;
  /** The socket has room again. */
  drained(): void;
}

/** Sends one binary message; false when the socket's buffer is full. */
export type SendMessage = (
  parts: readonly Uint8Array[],
  /** How many bytes a process, which may not read them, is to get. */
  input?: number,
) => boolean;
