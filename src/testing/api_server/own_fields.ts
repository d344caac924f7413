/**
 * Fields by names from requests. `__proto__` and inherited names such as
 * `toString` are fields like others, and no prototype is ever changed.
 *
 * @module
 */

import { isRecord } from "../../json.ts";

/** The own field of a record; undefined without one. */
export function ownField(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name)
    ? value[name]
    : undefined;
}

/** Sets an own field, where assignment to `__proto__` sets the prototype. */
export function setOwnField(
  record: Record<string, unknown>,
  name: string,
  value: unknown,
): void {
  Object.defineProperty(record, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** Levels of nested objects and lists in a request; Go's decoder has 10,000. */
const MAX_DEPTH = 1000;

/** Whether JSON text is nested more deeply than a request may be. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") {
      if (++depth > MAX_DEPTH) return true;
    } else if (character === "}" || character === "]") depth--;
  }
  return false;
}

/** Whether a value is nested more deeply than a request may be. */
export function isValueTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : []
    );
  }
  return false;
}
