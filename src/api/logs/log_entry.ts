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
