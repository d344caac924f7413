// Numbers, durations and times in a command line.
import { isTime } from "../request/log_options.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import type { FlagName } from "./flags.ts";

/**
 * The whole number that a flag has; undefined without the flag.
 *
 * @throws {UsageError} It is not a whole number, or less than `least`.
 */
export function integerOf(
  commandLine: CommandLine,
  flag: FlagName,
  least: number,
): number | undefined {
  const text = commandLine.value(flag);
  if (text === undefined) return undefined;
  const number = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  const atLeast = least === -Infinity ? "" : ` of at least ${least}`;
  throw invalid(commandLine, flag, `an integer${atLeast}`);
}

/**
 * The duration that a flag has, in milliseconds; undefined without the flag.
 *
 * @throws {UsageError} It is not a duration.
 */
export function durationOf(
  commandLine: CommandLine,
  flag: FlagName,
): number | undefined {
  const text = commandLine.value(flag);
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration !== null) return duration;
  throw invalid(commandLine, flag, "a duration like 5s, 2m or 3h");
}

/**
 * The time that a flag has; undefined without the flag, or if it is empty.
 *
 * @throws {UsageError} It is not a time in RFC 3339.
 */
export function timeOf(
  commandLine: CommandLine,
  flag: FlagName,
): string | undefined {
  const text = commandLine.value(flag) || undefined;
  if (text === undefined || isTime(text)) return text;
  throw invalid(commandLine, flag, "a time like 2026-01-31T12:00:00Z");
}

function invalid(
  commandLine: CommandLine,
  flag: FlagName,
  expected: string,
): UsageError {
  const text = commandLine.value(flag);
  return new UsageError(
    `invalid argument "${text}" for --${flag}: expected ${expected}`,
    commandLine.command,
  );
}

/** Milliseconds of each unit of Go's durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/**
 * Parses a duration as Go does, such as `1h30m`, `2.5s` or `0`.
 *
 * @returns Milliseconds; null if it is invalid.
 */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  const parts = [...text.matchAll(PART)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (text === "" || length !== text.length) return null;
  return parts.reduce(
    (sum, [, number = "", unit = ""]) => sum + Number(number) * UNITS[unit]!,
    0,
  );
}
