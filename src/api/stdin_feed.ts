import { type Bytes, encodeText } from "../bytes.ts";
import { StdinError } from "../errors.ts";
import { asBytes, type InputChannel } from "../streams/input_channel.ts";

/** What `run` takes as stdin. */
export type StdinSource = Uint8Array | string | ReadableStream<Uint8Array>;

/** Writes a whole source to stdin, then closes it. */
export interface StdinFeed {
  /**
   * Resolves when all is written and the end is said, or when the session ended
   * before that, which is no error.
   *
   * @throws {StdinError} If the source fails, or holds what is not bytes.
   */
  run(input: InputChannel): Promise<void>;
  /** Lets go of the source: nobody will read the rest. */
  cancel(reason: unknown): void;
}

/**
 * Takes hold of a source.
 *
 * @throws {TypeError} If it is none, or a stream that somebody else has locked.
 */
export function stdinFeed(action: string, source: StdinSource): StdinFeed {
  if (typeof source === "string") return bytesFeed(encodeText(source));
  if (ArrayBuffer.isView(source)) return bytesFeed(asBytes(source));
  if (typeof source?.getReader !== "function") {
    throw new TypeError(
      `Cannot ${action}: stdin must be null, a string, bytes or a ReadableStream`,
    );
  }
  if (source.locked) {
    throw new TypeError(
      `Cannot ${action}: stdin is a ReadableStream that is locked`,
    );
  }
  return streamFeed(source.getReader());
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

function streamFeed(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): StdinFeed {
  const next = async (): Promise<Bytes | null> => {
    try {
      const { done, value } = await reader.read();
      return done ? null : asBytes(value) as Bytes;
    } catch (cause) {
      reader.cancel(cause).catch(() => {});
      throw new StdinError("Cannot write to stdin: its source failed", {
        cause,
      });
    }
  };
  return {
    async run(input) {
      let chunk: Bytes | null;
      while ((chunk = await next()) !== null) await input.write(chunk);
      await input.close();
    },
    // Its own failure to cancel says nothing about the command.
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}
