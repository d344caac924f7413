import type { Bytes } from "../bytes.ts";
import { CHANNEL } from "./channels.ts";
import { encodeFrame } from "./frame.ts";

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
