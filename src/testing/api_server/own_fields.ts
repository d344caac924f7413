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
