import { ByteBuilder, type Bytes } from "../../bytes.ts";
import type { DeliveredOutput } from "./delivered_output.ts";
import { withoutReturns, withReturns } from "./line_returns.ts";
import { endsAs, findRest, restFrom } from "./rest_of_log.ts";
import { overlapOf } from "./stitch.ts";

/** How a log is read that is complete. */
export interface EndedLog {
  /** Whether the process has a terminal. */
  readonly tty: boolean;
  /** Reads it by one request, whose answer may be cut. */
  readEndedLog(
    signal: AbortSignal,
    take: (bytes: Bytes) => void,
  ): Promise<void>;
  /** Reads it until its end is sure. */
  readWholeLog(
    signal: AbortSignal,
    take: (bytes: Bytes) => void,
  ): Promise<void>;
}

/** The most that is kept of a log, in bytes. */
const MOST_MISSING = 64 * 2 ** 20;

/** How much of its end is kept in any case, in bytes. */
const KEPT = 2 * 2 ** 20;

/** The size of a part of it, from which on the next one begins. */
const PART = 64 * 1024;

const NOTHING: Bytes = new Uint8Array(0);

/** U+FFFD, which some runtimes log in place of bytes that are not UTF-8. */
const REPLACEMENT = [0xEF, 0xBF, 0xBD] as const;

/**
 * Compares what a session has delivered with the log of its container, which has
 * ended: an attachment may end before all of the output has come.
 *
 * @param isAll Whether it delivered the output from the start of the container.
 * @returns What is in the log besides.
 * @throws The log cannot be read, or has something else that is missing.
 */
export async function missingOutput(
  delivered: DeliveredOutput,
  log: EndedLog,
  isAll: boolean,
  signal: AbortSignal,
): Promise<Bytes> {
  if (!isAll && delivered.length === 0) return NOTHING;
  let end = new LogEnd(delivered, isAll);
  await log.readEndedLog(signal, (bytes) => end.add(bytes));
  if (end.isDelivered()) return NOTHING;
  end = new LogEnd(delivered, isAll);
  await log.readWholeLog(signal, (bytes) => end.add(bytes));
  const missing = end.isDelivered() ? NOTHING : end.missing();
  // A terminal's log is not that exact.
  if (missing !== null || log.tty) return missing ?? NOTHING;
  const count = isAll ? end.length - delivered.length : 0;
  const what = count > 0 ? `${count} bytes of the output` : "output";
  throw new Error(
    `the attachment has ended early: ${what} cannot be found in the log`,
  );
}

/** The end of a log, from where it may differ. */
class LogEnd {
  readonly #delivered: DeliveredOutput;
  readonly #isAll: boolean;
  readonly #from: number;
  readonly #attached: ReturnType<DeliveredOutput["end"]>;
  readonly #parts: ByteBuilder[] = [];
  #kept = 0;
  #length = 0;
  #replaces = false;

  constructor(delivered: DeliveredOutput, isAll: boolean) {
    this.#delivered = delivered;
    this.#isAll = isAll;
    this.#attached = delivered.end();
    const { stdout, stderr } = this.#attached;
    this.#from = delivered.length - stdout.byteLength - stderr.byteLength;
  }

  /** The number of bytes of the whole log. */
  get length(): number {
    return this.#length;
  }

  /** @throws There is more than may be kept. */
  add(given: Bytes): void {
    const bytes = withoutReturns(given);
    this.#length += bytes.byteLength;
    this.#kept += bytes.byteLength;
    this.#replaces ||= hasReplacement(bytes);
    let last = this.#parts.at(-1);
    if (last === undefined || last.length >= PART) {
      last = new ByteBuilder();
      this.#parts.push(last);
    }
    last.append(bytes);
    while (this.#hasSpare()) this.#kept -= this.#parts.shift()!.length;
    if (this.#kept <= MOST_MISSING) return;
    throw new Error(
      "the attachment has ended early: more than " +
        `${MOST_MISSING} bytes of output are missing`,
    );
  }

  #hasSpare(): boolean {
    const { length } = this.#parts[0]!;
    const start = this.#length - this.#kept;
    return this.#kept - length >= KEPT &&
      (!this.#isAll || start + length <= this.#from);
  }

  /** Whether nothing is missing. */
  isDelivered(): boolean {
    const { length, unfinished } = this.#delivered;
    if (this.#isAll && this.#length > length + unfinished) return false;
    if (this.#isAll && this.#length >= length) return true;
    // A log that was rotated has only its end, and one that fell behind lacks it.
    const log = this.#bytes();
    return endsAs(log, this.#attached) ||
      this.#isAll && this.#from === 0 &&
        overlapOf(log, this.#attached) !== null;
  }

  /** What is missing; null if that cannot be told. */
  missing(): Bytes | null {
    const log = this.#bytes();
    const start = this.#length - log.byteLength;
    const rest = this.#isAll && this.#length > this.#delivered.length
      ? restFrom(log.subarray(this.#from - start), this.#attached)
      : findRest(log, this.#attached)?.rest ?? null;
    // Such a log tells nothing about other bytes.
    if (rest === null) return this.#replaces ? NOTHING : null;
    return this.#delivered.hasReturns ? withReturns(rest) : rest;
  }

  #bytes(): Bytes {
    const joined = new ByteBuilder();
    for (const part of this.#parts) joined.append(part.copy());
    return joined.take();
  }
}

function hasReplacement(bytes: Bytes): boolean {
  const [first, second, third] = REPLACEMENT;
  for (let at = 0; (at = bytes.indexOf(first, at)) >= 0; at++) {
    if (bytes[at + 1] === second && bytes[at + 2] === third) return true;
  }
  return false;
}
