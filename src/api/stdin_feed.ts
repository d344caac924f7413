import { asBytes, checkUnicode, encodeText } from "../bytes.ts";
import { StdinError } from "../errors.ts";
import type { ExecRunOptions } from "../request/exec_options.ts";
import type { InputChannel } from "../streams/input_channel.ts";

/** Writes a whole source to stdin, then closes it. */
export interface StdinFeed {
  /**
   * Resolves when everything is written and stdin is closed.
   *
   * @throws {StdinError} If the source fails, or a chunk is not bytes.
   * @throws The session's end, if that comes first.
   */
  run(input: Pick<InputChannel, "write" | "close">): Promise<void>;
  /** Cancels the source: the rest will not be read, and `run` settles. */
  cancel(reason: unknown): void;
}

/**
 * Locks a source.
 *
 * @returns Null for no stdin.
 * @throws {TypeError} If it cannot be a stdin, or is a locked stream.
 */
export function stdinFeed(
  action: string,
  source: ExecRunOptions["stdin"] = null,
): StdinFeed | null {
  if (source === null) return null;
  if (typeof source === "string") {
    checkUnicode(source, action, "stdin");
    return bytesFeed(encodeText(source));
  }
  if (ArrayBuffer.isView(source)) return bytesFeed(asBytes(source));
  if (isStream(source)) {
    if (source.locked) {
      throw new TypeError(
        `Cannot ${action}: stdin is a ReadableStream that is locked`,
      );
    }
    const reader = source.getReader();
    return pulledFeed(
      () => reader.read(),
      (reason) => reader.cancel(reason),
    );
  }
  if (typeof source?.[Symbol.asyncIterator] !== "function") {
    throw new TypeError(
      `Cannot ${action}: stdin must be null, a string, bytes, a ReadableStream ` +
        `or an AsyncIterable`,
    );
  }
  const iterator = source[Symbol.asyncIterator]();
  return pulledFeed(
    () => iterator.next(),
    // Async, since a `return` of the caller's own may throw.
    async () => await iterator.return?.(),
  );
}

/** Not every runtime's `ReadableStream` is an `AsyncIterable`. */
function isStream(
  source: Exclude<ExecRunOptions["stdin"], string | null | undefined>,
): source is ReadableStream<Uint8Array> {
  return typeof (source as ReadableStream | null)?.getReader === "function";
}

function bytesFeed(bytes: Uint8Array): StdinFeed {
  return {
    async run(input) {
      if (bytes.byteLength > 0) await input.write(bytes);
      await input.close();
    },
    cancel() {},
  };
}

/**
 * @param read The next chunk of the source.
 * @param abandon Ends the source, whose rest is not needed.
 */
function pulledFeed(
  read: () => Promise<{ done?: boolean; value?: unknown }>,
  abandon: (reason: unknown) => Promise<unknown>,
): StdinFeed {
  let isCancelled = false;
  let stopWaiting = (): void => {};
  const cancel = (reason: unknown): void => {
    isCancelled = true;
    stopWaiting();
    // A failure to end the source does not concern the command.
    abandon(reason).catch(() => {});
  };
  /** Null at the end of the source, and once the rest is not needed. */
  const next = async (): Promise<Uint8Array | null> => {
    if (isCancelled) return null;
    // A generator that waits for its own next chunk does not hear that it ends.
    const stopped = new Promise<{ done: true; value?: undefined }>(
      (resolve) => stopWaiting = () => resolve({ done: true }),
    );
    try {
      const { done, value } = await Promise.race([read(), stopped]);
      return done ? null : asBytes(value);
    } catch (cause) {
      cancel(cause);
      throw new StdinError("Cannot write to stdin: its source failed", {
        cause,
      });
    }
  };
  return {
    async run(input) {
      let chunk: Uint8Array | null;
      while ((chunk = await next()) !== null) await input.write(chunk);
      if (!isCancelled) await input.close();
    },
    cancel,
  };
}
