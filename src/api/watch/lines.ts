import { type Bytes, concatBytes, decodeText } from "../../bytes.ts";

const NEWLINE = 10;

/**
 * The lines of a body, read as they are asked for; leaving early cancels it.
 *
 * @returns What comes after the last newline.
 */
export async function* readLines(
  body: ReadableStream<Bytes>,
): AsyncGenerator<string, string> {
  const reader = body.getReader();
  let begun: Bytes[] = [];
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return decodeText(concatBytes(begun));
      let start = 0;
      let end: number;
      while ((end = value.indexOf(NEWLINE, start)) >= 0) {
        yield decodeText(concatBytes([...begun, value.subarray(start, end)]));
        begun = [];
        start = end + 1;
      }
      if (start < value.byteLength) begun.push(value.slice(start));
    }
  } finally {
    // A body that has failed says so once more.
    await reader.cancel().catch(() => {});
  }
}
