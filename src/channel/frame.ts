import type { Bytes } from "../bytes.ts";

/**
 * The first byte of every message, in both directions (Kubernetes `v4` and
 * `v5.channel.k8s.io`; `close` exists in v5 only, and towards the server only).
 */
export const CHANNEL = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  /** The server's last message: a `Status` as JSON. */
  status: 3,
  resize: 4,
  /** Half-closes the channel that its payload names. */
  close: 255,
} as const;

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
 * The byte in front of a payload on `channel`, to send a message in parts. All
 * callers share it and must not change it.
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
 * The message that half-closes `channel` towards the server; output continues.
 * `v5.channel.k8s.io` only: a v4 server ignores it, and the process waits for an
 * end of input that never comes.
 *
 * @throws {RangeError} If `channel` is not from 0 to 4: the server would close
 * the connection.
 */
export function encodeHalfClose(channel: number): Bytes {
  if (!Number.isInteger(channel) || channel < 0 || channel > CHANNEL.resize) {
    throw new RangeError(
      `Cannot half-close channel ${channel}: it is not from 0 to ${CHANNEL.resize}`,
    );
  }
  return encodeFrame(CHANNEL.close, Uint8Array.of(channel));
}
