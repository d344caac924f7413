import { decodeText } from "../bytes.ts";
import type { Status, StatusCause, StatusDetails } from "../status.ts";
import { isRecord } from "./json.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type StringKeys<T> = {
  [K in keyof T]-?: string extends T[K] ? K : never;
}[keyof T];

/**
 * Reads the payload of the status channel. Servers differ in what they leave
 * out, so a field of the wrong type is dropped and never the whole status.
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

function readStatus(value: Record<string, unknown>): Status {
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

/** Those of the named fields that hold a string. */
function strings<T>(
  value: Record<string, unknown>,
  names: readonly (StringKeys<T> & string)[],
): Mutable<T> {
  const fields = names
    .map((name) => [name, value[name]])
    .filter(([, field]) => typeof field === "string");
  return Object.fromEntries(fields);
}
