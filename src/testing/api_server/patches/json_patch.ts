import { isRecord } from "../../../json.ts";
import { setOwnField } from "../own_fields.ts";

/** The limit of all copies of a patch in JSON, as in the API server. */
const MAX_COPIES = 3 * 2 ** 20;

/** An operation of a JSON patch is invalid or does not fit the value. */
export class JsonPatchError extends Error {
  override name = "JsonPatchError";
}

/**
 * Applies a JSON patch (RFC 6902) to a value, in place.
 *
 * @throws {JsonPatchError} An operation is invalid, or its path does not exist.
 */
export function jsonPatch(value: unknown, patch: readonly unknown[]): unknown {
  // The holder is the parent of the value, for the empty path.
  const holder: Record<string, unknown> = { "": value };
  let copied = 0;
  const copy = (original: unknown): unknown => {
    const text = JSON.stringify(original);
    copied += text.length;
    if (copied > MAX_COPIES) fail(`copies exceed ${MAX_COPIES} bytes`);
    return JSON.parse(text);
  };
  for (const operation of patch) {
    if (!isRecord(operation)) fail("an operation is no object");
    applyOperation(holder, operation as Record<string, unknown>, copy);
  }
  return holder[""];
}

function applyOperation(
  holder: unknown,
  operation: Record<string, unknown>,
  copy: (original: unknown) => unknown,
): void {
  const { op } = operation;
  const path = parsePointer(operation.path);
  const given = () =>
    Object.hasOwn(operation, "value")
      ? operation.value
      : fail(`${op} without a value`);
  switch (op) {
    case "add":
      return add(holder, path, given());
    case "remove":
      return void remove(holder, path);
    case "replace":
      remove(holder, path);
      return add(holder, path, given());
    case "move":
      return add(holder, path, remove(holder, parsePointer(operation.from)));
    case "copy":
      return add(
        holder,
        path,
        copy(read(holder, parsePointer(operation.from))),
      );
    case "test":
      if (same(read(holder, path), given())) return;
      fail(`testing value ${operation.path} failed`);
  }
  fail(`unexpected kind of operation: ${op}`);
}

/** Splits a JSON pointer (RFC 6901); its first name is that in the holder. */
function parsePointer(path: unknown): string[] {
  if (typeof path !== "string" || !/^(\/|$)/.test(path)) {
    fail(`${JSON.stringify(path)} is no path`);
  }
  return (path as string).split("/").map((name) =>
    name.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}

function read(holder: unknown, path: readonly string[]): unknown {
  let value = holder;
  for (const name of path) {
    const key = Array.isArray(value)
      ? indexIn(value, name, value.length - 1)
      : isRecord(value) && Object.hasOwn(value, name)
      ? name
      : fail(`there is nothing at ${path.join("/")}`);
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

function add(holder: unknown, path: readonly string[], value: unknown): void {
  const parent = read(holder, path.slice(0, -1));
  const name = path.at(-1)!;
  if (Array.isArray(parent)) {
    const last = parent.length;
    parent.splice(name === "-" ? last : indexIn(parent, name, last), 0, value);
  } else if (isRecord(parent)) setOwnField(parent, name, value);
  else fail(`there is nothing at ${path.slice(0, -1).join("/")}`);
}

function remove(holder: unknown, path: readonly string[]): unknown {
  const removed = read(holder, path);
  const parent = read(holder, path.slice(0, -1));
  const name = path.at(-1)!;
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete (parent as Record<string, unknown>)[name];
  return removed;
}

function indexIn(list: readonly unknown[], name: string, most: number): number {
  const index = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : NaN;
  return index <= most
    ? index
    : fail(`${name} is not in a list of ${list.length}`);
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => same(item, b[at]));
  }
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
}

function fail(problem: string): never {
  throw new JsonPatchError(problem);
}
