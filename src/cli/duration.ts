/** Milliseconds of each unit, as Go's durations name them. */
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
 * A duration as Go writes it, such as `1h30m` or `2.5s`, or a plain 0.
 *
 * @returns Milliseconds; null if it is none.
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
