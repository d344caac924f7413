import { decodeText } from "../bytes.ts";
import { isRecord } from "../json.ts";
import type { Status, StatusCause, StatusDetails } from "../status.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type StringKeys<T> = {
  [K in keyof T]-?: string extends T[K] ? K : never;
}[keyof T];

/**
 * Parses the payload of the status channel. Servers differ in the fields that
 * they send, so a field of the wrong type is dropped, never the whole status.
 *
 * @returns Null when the payload is not a JSON object.
 */
export function parseStatus(payload: Uint8Array): Status | null {
  let value: unknown;
  try {
    value = JSON.parse(decodeText(payload));
  } catch {
    return null;
  }
  return isRecord(value) ? readStatus(value) : null;
}

/** Reads a Status from parsed JSON, leniently as {@linkcode parseStatus}. */
export function readStatus(value: Record<string, unknown>): Status {
  const status: Mutable<Status> = strings<Status>(value, [
    "apiVersion",
    "kind",
    "status",
    "message",
    "reason",
  ]);
  if (isRecord(value.metadata)) status.metadata = value.metadata;
  if (isRecord(value.details)) status.details = readDetails(value.details);
  if (typeof value.code === "number") status.code = value.code;
  return status;
}

function readDetails(value: Record<string, unknown>): StatusDetails {
  const details: Mutable<StatusDetails> = strings<StatusDetails>(value, [
    "name",
    "group",
    "kind",
    "uid",
  ]);
  if (Array.isArray(value.causes)) {
    details.causes = value.causes.filter(isRecord).map(readCause);
  }
  if (typeof value.retryAfterSeconds === "number") {
    details.retryAfterSeconds = value.retryAfterSeconds;
  }
  return details;
}

function readCause(value: Record<string, unknown>): StatusCause {
  return strings<StatusCause>(value, ["reason", "message", "field"]);
}

/**
 * A copy of a Status whose texts `hide` has changed. What machines read, such as
 * `status` and an exit code, stays as it is.
 */
export function mapTexts(
  status: Status,
  hide: (text: string) => string,
): Status {
  const hideIn = <T extends object>(value: T, kept: readonly string[] = []) =>
    Object.fromEntries(
      Object.entries(value).map(([key, field]) => [
        key,
        typeof field === "string" && !kept.includes(key) ? hide(field) : field,
      ]),
    ) as T;
  const { details, metadata } = status;
  const causes = details?.causes?.map((cause) =>
    cause.reason === "ExitCode" ? cause : hideIn(cause)
  );
  return {
    ...hideIn(status, ["status", "kind"]),
    ...(metadata && { metadata: hideIn(metadata) }),
    ...(details &&
      { details: { ...hideIn(details), ...(causes && { causes }) } }),
  };
}

/** The named fields that hold a string. */
function strings<T>(
  value: Record<string, unknown>,
  names: readonly (StringKeys<T> & string)[],
): Mutable<T> {
  const fields = names
    .map((name) => [name, value[name]])
    .filter(([, field]) => typeof field === "string");
  return Object.fromEntries(fields);
}

/**
 * The exit code in a status: 0 for `Success`, else the number in its first cause
 * with the reason `ExitCode`. Null if there is none, which is not success.
 */
export function exitCodeOf(status: Status | null): number | null {
  if (status === null) return null;
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find(({ reason }) =>
    reason === "ExitCode"
  );
  return parseInteger(cause?.message);
}

/** Decimal integers only: no blanks, no `1e3`, no `0x10`. */
function parseInteger(text: string | undefined): number | null {
  if (text === undefined || !/^-?\d+$/.test(text)) return null;
  const value = Number(text);
  // Adding zero turns "-0" into 0.
  return Number.isSafeInteger(value) ? value + 0 : null;
}
