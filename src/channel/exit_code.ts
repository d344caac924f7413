import type { Status } from "../status.ts";

/**
 * The exit code that a status tells: 0 for `Success`, else the number in its
 * first cause whose reason is `ExitCode`. Null when there is none to be had,
 * which is not success.
 */
export function exitCodeOf(status: Status | null): number | null {
  if (status === null) return null;
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find(({ reason }) =>
    reason === "ExitCode"
  );
  return parseInteger(cause?.message);
}

/** Plain decimal integers only: no blanks, no `1e3`, no `0x10`. */
function parseInteger(text: string | undefined): number | null {
  if (text === undefined || !/^-?\d+$/.test(text)) return null;
  const value = Number(text);
  // Adding zero turns "-0" into 0.
  return Number.isSafeInteger(value) ? value + 0 : null;
}
