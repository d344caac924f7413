import type { LogOptions } from "../../request/log_options.ts";
import type { TimedLine } from "./log_entry.ts";

/**
 * How far a log was read. Servers resume at whole seconds, so the lines of the
 * latest second come again: as many as were admitted in it are left out.
 */
export class ResumePoint {
  #latest: TimedLine | null = null;
  /** The number of lines admitted in the latest second. */
  #admitted = 0;
  /** The number of lines that are still to come again. */
  #repeated = 0;
  /**
   * The earliest line admitted in the latest second, while that is also the
   * first: with `tailLines` or `sinceSeconds` the first response may have begun
   * inside it, and older lines of it were never asked for.
   */
  #earliest: TimedLine | null = null;

  /** The latest line; null before the first. */
  get latest(): TimedLine | null {
    return this.#latest;
  }

  /** The same two numbers for the lines of a server that writes no times. */
  #admittedUntimed = 0;
  #repeatedUntimed = 0;

  /** The same point, which goes on by itself. */
  copy(): ResumePoint {
    const copy = new ResumePoint();
    copy.#latest = this.#latest;
    copy.#admitted = this.#admitted;
    copy.#repeated = this.#repeated;
    copy.#earliest = this.#earliest;
    copy.#admittedUntimed = this.#admittedUntimed;
    copy.#repeatedUntimed = this.#repeatedUntimed;
    return copy;
  }

  /**
   * Begins a new response, which repeats the latest second, or everything as
   * long as no line had a time.
   */
  resume(): void {
    this.#repeated = this.#admitted;
    this.#repeatedUntimed = this.#latest === null ? this.#admittedUntimed : 0;
  }

  /** Whether lines that the response should have repeated are missing. */
  get lacksLines(): boolean {
    return this.#repeated > 0 || this.#repeatedUntimed > 0;
  }

  /** Whether a line without a time is new. */
  admitUntimed(): boolean {
    if (this.#repeatedUntimed > 0) {
      this.#repeatedUntimed--;
      return false;
    }
    if (this.#latest === null) this.#admittedUntimed++;
    return true;
  }

  /** Whether the line is new. */
  admit(line: TimedLine): boolean {
    const latest = this.#latest;
    this.#repeatedUntimed = 0;
    if (latest !== null && this.#repeated > 0 && compare(line, latest) <= 0) {
      if (compare(line, this.#earliest ?? startOf(latest)) >= 0) {
        this.#repeated--;
      }
      return false;
    }
    this.#repeated = 0;
    if (latest === null) this.#earliest = line;
    else if (line.epoch > latest.epoch) this.#earliest = null;
    else if (this.#earliest !== null && compare(line, this.#earliest) < 0) {
      this.#earliest = line;
    }
    if (latest === null || line.epoch > latest.epoch) this.#admitted = 0;
    if (latest === null || line.epoch >= latest.epoch) this.#admitted++;
    if (latest === null || compare(line, latest) > 0) this.#latest = line;
    return true;
  }
}

function startOf(line: TimedLine): TimedLine {
  return { ...line, fraction: "" };
}

function compare(a: TimedLine, b: TimedLine): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0;
}

/**
 * The options for the rest of a log.
 *
 * @param latest The latest line that was read.
 * @param elapsed The time since the first request, in milliseconds.
 */
export function resumedOptions(
  options: LogOptions,
  latest: TimedLine | null,
  elapsed: number,
): LogOptions {
  const { tailLines, sinceSeconds, ...others } = options;
  if (latest !== null) return { ...others, sinceTime: latest.second };
  // No line yet: the same lines are wanted, and those written since.
  const seconds = elapsed / 1000;
  if (tailLines === 0) {
    const { sinceTime: _, ...rest } = others;
    return { ...rest, sinceSeconds: Math.max(1, Math.ceil(seconds)) };
  }
  if (sinceSeconds === undefined) return options;
  const extended = sinceSeconds + Math.floor(seconds);
  return { ...others, tailLines, sinceSeconds: extended };
}
