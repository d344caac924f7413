const TIMED =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?([\s\S]*)$/;

/** A line of a log, as the server sent it. */
export interface LogEntry {
  /** The line as it came. */
  readonly line: string;
  /** The time of its writing in RFC 3339, as it came; null without one. */
  readonly time: string | null;
  /** The line without its time. */
  readonly text: string;
}

/** A line of a log that begins with its time. */
export interface TimedLine extends LogEntry {
  readonly time: string;
  /** The whole second as written, for example `2026-01-01T00:00:00Z`. */
  readonly second: string;
  /** The whole second in milliseconds since 1970. */
  readonly epoch: number;
  /** The nine digits after the second. */
  readonly fraction: string;
}

/** A line without a time. */
export function untimed(line: string): LogEntry {
  return { line, time: null, text: line };
}

/** Splits the time from a line; null for a line without one. */
export function readTimedLine(line: string): TimedLine | null {
  const [, second, fraction = "", zone, text] = TIMED.exec(line) ?? [];
  if (second === undefined || text === undefined) return null;
  const whole = `${second}${zone}`;
  const epoch = Date.parse(whole);
  if (Number.isNaN(epoch)) return null;
  const point = fraction === "" ? "" : `.${fraction}`;
  return {
    line,
    time: `${second}${point}${zone}`,
    text,
    second: whole,
    epoch,
    fraction: fraction.padEnd(9, "0"),
  };
}

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
