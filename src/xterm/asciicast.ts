import type { TerminalSize } from "../channel/resize.ts";

/** What the header of a recording says, beside its version. */
export interface AsciicastHeader {
  /** The terminal's size at the start. */
  readonly size: TerminalSize;
  /** The start, in milliseconds since 1970. */
  readonly timestamp: number;
  /** A title. */
  readonly title?: string | undefined;
  /** The command that is recorded. */
  readonly command?: string | undefined;
  /** Environment variables, such as `TERM`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Players shorten pauses to so many milliseconds. */
  readonly idleTimeLimit?: number | undefined;
}

/** The kinds of events: output, input, a new size. */
export type AsciicastCode = "o" | "i" | "r";

/** The first line of a recording, version 2 of asciinema's format. */
export function encodeAsciicastHeader(header: AsciicastHeader): string {
  const { size, timestamp, title, command, env, idleTimeLimit } = header;
  return encodeLine({
    version: 2,
    width: size.width,
    height: size.height,
    timestamp: Math.floor(timestamp / 1000),
    idle_time_limit: idleTimeLimit === undefined
      ? undefined
      : idleTimeLimit / 1000,
    command,
    title,
    env,
  });
}

/**
 * One event as a line.
 *
 * @param elapsed Milliseconds since the start.
 */
export function encodeAsciicastEvent(
  elapsed: number,
  code: AsciicastCode,
  data: string,
): string {
  // Microseconds, as asciinema writes them.
  return encodeLine([Math.round(elapsed * 1000) / 1e6, code, data]);
}

function encodeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
