import { isRecord } from "../../../json.ts";
import { ownField } from "../own_fields.ts";
import { mergeKey } from "./merge_keys.ts";

/**
 * The fields that a manager owns, in the format of `fieldsV1` in
 * `metadata.managedFields`: `f:name` for a field, `k:{...}` for an item of a
 * keyed list, and `.` inside it for the item itself. A leaf is empty.
 */
export type FieldSet = { readonly [step: string]: FieldSet };

/** The step of a path that names the item itself. */
export const SELF_STEP = ".";

/** The fields of every object that no manager owns. */
const UNOWNED = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** The fields of an applied object. */
export function fieldSetOf(
  kind: string,
  value: unknown,
  path: string = "",
): FieldSet {
  if (!isRecord(value)) return {};
  const steps: [string, FieldSet][] = [];
  for (const [name, part] of Object.entries(value)) {
    const own = path === "" ? name : `${path}.${name}`;
    if (UNOWNED.includes(own)) continue;
    const key = Array.isArray(part) ? mergeKey(kind, name, part) : null;
    const below = key === null
      ? fieldSetOf(kind, part, own)
      : Object.fromEntries((part as Record<string, unknown>[]).map((item) => [
        itemStep(key, item),
        { [SELF_STEP]: {}, ...fieldSetOf(kind, item, own) },
      ]));
    const empty = Object.keys(below).length === 0;
    if (!(empty && own === "metadata")) steps.push([`f:${name}`, below]);
  }
  return Object.fromEntries(steps);
}

/** The step of a path for an item of a list. */
function itemStep(key: string, item: Record<string, unknown>): string {
  return `k:${JSON.stringify({ [key]: item[key] })}`;
}

/** The paths of the leaves of a set. */
export function* leavesOf(
  set: FieldSet,
  trail: readonly string[] = [],
): Generator<readonly string[]> {
  for (const [step, below] of Object.entries(set)) {
    const path = [...trail, step];
    if (Object.keys(below).length > 0) yield* leavesOf(below, path);
    else yield path;
  }
}

/** `.spec.containers[name="main"].image` */
export function formatPath(path: readonly string[]): string {
  return path.map((step) => {
    if (step.startsWith("f:")) return `.${step.slice(2)}`;
    const [entry = []] = Object.entries(JSON.parse(step.slice(2)));
    return `[${entry[0]}=${JSON.stringify(entry[1])}]`;
  }).join("");
}

/** The value at a path; undefined without one. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const step of path) {
    if (step === SELF_STEP) continue;
    if (step.startsWith("f:")) {
      value = ownField(value, step.slice(2));
    } else value = itemAt(value, step);
  }
  return value;
}

/** Removes the value at a path, in place. */
export function removeAt(object: unknown, path: readonly string[]): void {
  if (path.at(-1) === SELF_STEP) return removeAt(object, path.slice(0, -1));
  const parent = valueAt(object, path.slice(0, -1));
  const step = path.at(-1)!;
  if (step.startsWith("f:")) {
    if (isRecord(parent)) delete parent[step.slice(2)];
  } else if (Array.isArray(parent)) {
    const at = parent.indexOf(itemAt(parent, step));
    if (at >= 0) parent.splice(at, 1);
  }
}

function itemAt(list: unknown, step: string): unknown {
  const [entry] = Object.entries(JSON.parse(step.slice(2)));
  return Array.isArray(list)
    ? list.find((item) => ownField(item, entry![0]) === entry![1])
    : undefined;
}
