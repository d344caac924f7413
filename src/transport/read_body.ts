import { ByteBuilder, type Bytes } from "../bytes.ts";
import { startTimer } from "../timers.ts";
import {
  BufferOverflowError,
  ConnectionLostError,
  ProtocolError,
} from "../errors.ts";
import { lostReason } from "./connect_error.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";

/** The error of a body that ended early, unless the error says why itself. */
export function bodyLost(cause: unknown): Error {
  if (cause instanceof BufferOverflowError) return cause;
  const reason = cause instanceof ProtocolError
    ? cause.message.replace(/^Cannot [^:]*: /, "")
    : lostReason(cause);
  return new ConnectionLostError(
    `Cannot read the response's body: ${reason}`,
    { closeCode: CLOSE_CODE.abnormal, reason, cause },
  );
}

/**
 * Reads a whole body in parts.
 *
 * @param limit The maximum number of bytes.
 * @param tooLong Creates the error to throw for a longer body.
 * @param take Gets each part. If it throws, the body is cancelled.
 */
export async function readParts(
  body: ReadableStream<Bytes>,
  limit: number,
  tooLong: () => Error,
  take: (part: Bytes) => void,
): Promise<void> {
  const reader = body.getReader();
  let length = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    length += value.byteLength;
    try {
      if (length > limit) throw tooLong();
      take(value);
    } catch (error) {
      reader.cancel(error).catch(() => {});
      throw error;
    }
  }
}

/** The limits of {@linkcode readPrefix}. */
export interface PrefixLimits {
  /** The maximum number of bytes. */
  readonly bytes: number;
  /** The maximum time, in milliseconds. */
  readonly time: number;
}

/** The limits for the body of a refusal, which only explains the status code. */
const REFUSAL_LIMITS: PrefixLimits = { bytes: 64 * 1024, time: 3_000 };

/**
 * Reads the beginning of a body, up to a limit of bytes and time. Never rejects:
 * a part of a refusal's body is better than none.
 */
export async function readPrefix(
  body: ReadableStream<Uint8Array>,
  limits: PrefixLimits = REFUSAL_LIMITS,
): Promise<Bytes> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  const stopTimer = startTimer(limits.time, cancel);
  const bytes = new ByteBuilder();
  try {
    while (bytes.length < limits.bytes) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes.append(value.subarray(0, limits.bytes - bytes.length));
    }
  } catch {
    // The bytes that arrived before the failure are the excerpt.
  } finally {
    stopTimer();
    cancel();
  }
  return bytes.take();
}
