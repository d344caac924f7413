import { ByteBuilder, type Bytes, decodeLatin1, decodeText } from "../bytes.ts";
import { BufferOverflowError } from "../errors.ts";
import { TimeSlice } from "../timers.ts";

/**
 * The maximum length of a line, 16 MiB: an object in etcd has at most 1.5 MiB,
 * and a line of a log is held in memory whole.
 */
const MAX_LINE_LENGTH: number = 16 * 2 ** 20;

const LF = 10;
const CR = 13;

/** What a line becomes. */
export interface LineFormat {
  /** The longest line in bytes; defaults to 16 MiB. */
  readonly longest?: number;
  /** A line, told without its LF. */
  line(bytes: Bytes): string;
  /** What follows the last LF. */
  rest(bytes: Bytes): string;
}

/** UTF-8, without the line ends. */
const TEXT_LINES: LineFormat = {
  line: (bytes) => decodeText(withoutReturn(bytes)),
  rest: decodeText,
};

/** A character for each byte, line ends included: {@linkcode encodeLatin1}. */
export const BYTE_LINES: LineFormat = {
  line: (bytes) => `${decodeLatin1(bytes)}\n`,
  rest: decodeLatin1,
};

/**
 * Reads a body line by line, as the lines are requested; a line ends with LF or
 * CR LF. Leaving early cancels the body.
 *
 * @param action For messages: "Cannot {action}: ...".
 * @returns The unterminated rest after the last line.
 * @throws {BufferOverflowError} A line is longer than the format allows.
 */
export async function* readLines(
  body: ReadableStream<Bytes>,
  action: string,
  format: LineFormat = TEXT_LINES,
): AsyncGenerator<string, string> {
  const { longest: limit = MAX_LINE_LENGTH } = format;
  const reader = body.getReader();
  const begun = new ByteBuilder();
  const slice = new TimeSlice();
  const checkLength = (more: number) => {
    if (begun.length + more > limit) throw tooLong(action, limit);
  };
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return format.rest(begun.take());
      let start = 0;
      let end: number;
      while ((end = value.indexOf(LF, start)) >= 0) {
        checkLength(end - start);
        let line = value.subarray(start, end);
        if (begun.length > 0) {
          begun.append(line);
          line = begun.take();
        }
        yield format.line(line);
        start = end + 1;
        const turn = slice.turn();
        if (turn) await turn;
      }
      checkLength(value.byteLength - start);
      begun.append(value.subarray(start));
    }
  } finally {
    slice.end();
    // A body that has failed fails its cancellation too.
    await reader.cancel().catch(() => {});
  }
}

function withoutReturn(line: Bytes): Bytes {
  const last = line.byteLength - 1;
  return line[last] === CR ? line.subarray(0, last) : line;
}

function tooLong(action: string, limit: number): BufferOverflowError {
  return new BufferOverflowError(
    `Cannot ${action}: a line is longer than ${limit} bytes`,
    { channel: null, limit, discarded: 0 },
  );
}
