import type { Bytes } from "../../src/bytes.ts";
import { observe, quotedEnd } from "../harness/observations.ts";

/** The text of a stream that is being read. */
export interface CollectedText {
  /** The text so far. */
  readonly text: string;
  /** Resolves with the whole text at the end; rejects when the stream fails. */
  readonly ended: Promise<string>;
  /** Resolves when the text contains `wanted`; rejects when the stream ends first. */
  until(wanted: string): Promise<void>;
}

/**
 * Reads a UTF-8 stream to its end in the background. Until then, the message of
 * the test's timeout shows the text, and what is waited for.
 */
export function collectText(stream: ReadableStream<Bytes>): CollectedText {
  let text = "";
  let over = false;
  let changed = Promise.withResolvers<void>();
  const wantedTexts = new Set<string>();
  const forget = observe({
    describe: () =>
      [
        `a stream that has not ended: ${quotedEnd(text)}`,
        ...[...wantedTexts].map((wanted) => `no ${JSON.stringify(wanted)} yet`),
      ].join("; "),
  });
  const notify = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const read = async () => {
    try {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) {
        text += part;
        notify();
      }
    } finally {
      over = true;
      forget();
      notify();
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
      wantedTexts.add(wanted);
      while (!text.includes(wanted)) {
        if (over) {
          throw new Error(`the stream ended before "${wanted}": ${text}`);
        }
        await changed.promise;
      }
      wantedTexts.delete(wanted);
    },
  };
}
