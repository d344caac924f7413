import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

/**
 * The first byte of every message, in both directions (Kubernetes `v4` and
 * `v5.channel.k8s.io`; `close` is v5's alone and goes to the server only).
 */
export const CHANNEL = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  /** The server's last word: a `Status` as JSON. */
  status: 3,
  resize: 4,
  /** Ends the channel that its payload names. */
  close: 255,
} as const;

/** A message taken apart. */
export interface ChannelFrame {
  readonly channel: number;
  /** A view on the message's bytes, not a copy; it may be empty. */
  readonly payload: Bytes;
}

const prefixes: Bytes[] = [];

/**
 * The message that carries `payload` on `channel`, as one new array.
 *
 * @throws {RangeError} If `channel` is not an integer from 0 to 255.
 */
export function encodeFrame(channel: number, payload: Uint8Array): Bytes {
  checkChannel(channel);
  const message = new Uint8Array(1 + payload.byteLength);
  message[0] = channel;
  message.set(payload, 1);
  return message;
}

/**
 * Takes a message apart without copying it.
 *
 * @throws {ProtocolError} If the message is empty: it names no channel.
 */
export function decodeFrame(message: Bytes): ChannelFrame {
  const channel = message[0];
  if (channel === undefined) {
    throw new ProtocolError("Cannot decode the message: it is empty");
  }
  return { channel, payload: message.subarray(1) };
}

/**
 * The one byte that goes before a payload on `channel`, for those who send a
 * message in parts. It is shared by all callers and must not be changed.
 *
 * @throws {RangeError} If `channel` is not an integer from 0 to 255.
 */
export function channelPrefix(channel: number): Bytes {
  checkChannel(channel);
  return prefixes[channel] ??= Uint8Array.of(channel);
}

function checkChannel(channel: number): void {
  if (!Number.isInteger(channel) || channel < 0 || channel > 255) {
    throw new RangeError(
      `Cannot encode the message: channel ${channel} is not from 0 to 255`,
    );
  }
}

/**
 * The message that ends `channel` towards the server while output goes on. Only
 * `v5.channel.k8s.io` knows it: a v4 server ignores it, and its process waits
 * for an end of input that never comes.
 *
 * @throws {RangeError} If `channel` is not one that the server has, 0 to 4: it
 * would answer by closing the connection.
 */
export function encodeHalfClose(channel: number): Bytes {
  if (!Number.isInteger(channel) || channel < 0 || channel > CHANNEL.resize) {
    throw new RangeError(
      `Cannot half-close channel ${channel}: it is not from 0 to ${CHANNEL.resize}`,
    );
  }
  return encodeFrame(CHANNEL.close, Uint8Array.of(channel));
}
