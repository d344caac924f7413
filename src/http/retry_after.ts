import type { Status } from "../status.ts";

/** Every form of RFC 9110, 5.6.7, begins with the day of the week. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)/i;

/**
 * When a refusal asks to be tried again, in milliseconds from now: by the header
 * `Retry-After` (RFC 9110, 10.2.3: seconds or a date), else by the Status.
 *
 * @returns Null if it does not ask.
 */
export function retryAfterOf(
  headers: Headers,
  status: Status | null,
): number | null {
  const header = headers.get("retry-after")?.trim();
  if (header !== undefined && header !== "") {
    if (/^\d+$/.test(header)) return Number(header) * 1000;
    // `Date.parse` takes almost anything, such as "-1" and "1.5".
    const date = HTTP_DATE.test(header) ? Date.parse(header) : NaN;
    if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  }
  return retryAfterOfStatus(status);
}

/** The delay that a Status asks for, in milliseconds; null if it does not. */
export function retryAfterOfStatus(status: Status | null): number | null {
  const seconds = status?.details?.retryAfterSeconds;
  return seconds !== undefined && seconds > 0 ? seconds * 1000 : null;
}
