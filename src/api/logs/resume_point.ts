const TIMED =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?([\s\S]*)$/;

/** A line of a log that begins with its time. */
export interface TimedLine {
  /** Its whole second, as it is written, for example `2026-01-01T00:00:00Z`. */
  readonly second: string;
  /** The same in milliseconds since 1970. */
  readonly epoch: number;
  /** The nine digits after the second. */
  readonly fraction: string;
  /** What was written. */
  readonly text: string;
}

/** Takes the time off a line; null for a line that has none. */
export function readTimedLine(line: string): TimedLine | null {
  const [, second, fraction = "", zone, text] = TIMED.exec(line) ?? [];
  if (second === undefined) return null;
  const whole = `${second}${zone}`;
  return {
    second: whole,
    epoch: Date.parse(whole),
    fraction: fraction.padEnd(9, "0"),
    text: text!,
  };
}

/**
 * How far a log was read. Servers resume at whole seconds, so some lines come
 * twice: of the latest second, those that were counted are to be left out.
 */
export class ResumePoint {
  #latest: TimedLine | null = null;
  #counted = 0;
  #again = 0;

  /** Where to go on; null before the first line. */
  get sinceTime(): string | null {
    return this.#latest?.second ?? null;
  }

  /** A new answer begins, which repeats the latest second. */
  resume(): void {
    this.#again = this.#counted;
  }

  /** Whether the line is a new one, which is counted then. */
  admit(line: TimedLine): boolean {
    const latest = this.#latest;
    if (latest !== null && this.#again > 0 && compare(line, latest) <= 0) {
      this.#again--;
      return false;
    }
    this.#again = 0;
    if (latest === null || line.epoch > latest.epoch) this.#counted = 0;
    if (latest === null || line.epoch >= latest.epoch) this.#counted++;
    if (latest === null || compare(line, latest) > 0) this.#latest = line;
    return true;
  }
}

function compare(a: TimedLine, b: TimedLine): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0;
}
