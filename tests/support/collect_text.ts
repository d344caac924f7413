import type { Bytes } from "../../src/bytes.ts";

/** A stream of text that is being read. */
export interface CollectedText {
  /** What came so far. */
  readonly text: string;
  /** Resolves with all of it when it ends; rejects when it fails. */
  readonly ended: Promise<string>;
  /** Resolves when `wanted` has come; rejects when it ends before. */
  until(wanted: string): Promise<void>;
}

/** Reads a stream of UTF-8 to its end, and lets one wait for what comes. */
export function collectText(stream: ReadableStream<Bytes>): CollectedText {
  let text = "";
  let over = false;
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const read = async () => {
    try {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) {
        text += part;
        tell();
      }
    } finally {
      over = true;
      tell();
    }
    return text;
  };
  const ended = read();
  ended.catch(() => {});
  return {
    get text() {
      return text;
    },
    ended,
    async until(wanted) {
      while (!text.includes(wanted)) {
        if (over) throw new Error(`It ended before "${wanted}": ${text}`);
        await changed.promise;
      }
    },
  };
}
