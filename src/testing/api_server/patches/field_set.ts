import { isRecord } from "../../../json.ts";
import { mergeKey } from "./merge_keys.ts";

/**
 * The fields that somebody owns, as `fieldsV1` of `metadata.managedFields` has
 * them: `f:name` for a field, `k:{...}` for an item of a list with a key, `.`
 * in it for the item itself; empty where nothing is below.
 */
export type FieldSet = { readonly [step: string]: FieldSet };

/** The step that stays where it is. */
export const SELF = ".";

/** What every object has, and nobody owns. */
const UNOWNED = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** The fields of an object that is applied. */
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
        { [SELF]: {}, ...fieldSetOf(kind, item, own) },
      ]));
    const empty = Object.keys(below).length === 0;
    if (!(empty && own === "metadata")) steps.push([`f:${name}`, below]);
  }
  return Object.fromEntries(steps);
}

/** The step to an item of a list. */
function itemStep(key: string, item: Record<string, unknown>): string {
  return `k:${JSON.stringify({ [key]: item[key] })}`;
}

/** The ways to the fields of a set that have none below, as messages have them. */
export function* leavesOf(
  set: FieldSet,
  trail: readonly string[] = [],
): Generator<readonly string[]> {
  for (const [step, below] of Object.entries(set)) {
    const way = [...trail, step];
    if (Object.keys(below).length > 0) yield* leavesOf(below, way);
    else yield way;
  }
}

/** `.spec.containers[name="main"].image` */
export function formatPath(way: readonly string[]): string {
  return way.map((step) => {
    if (step.startsWith("f:")) return `.${step.slice(2)}`;
    const [entry = []] = Object.entries(JSON.parse(step.slice(2)));
    return `[${entry[0]}=${JSON.stringify(entry[1])}]`;
  }).join("");
}

/** What an object has at the end of a way; undefined for nothing. */
export function valueAt(object: unknown, way: readonly string[]): unknown {
  let value = object;
  for (const step of way) {
    if (step === SELF) continue;
    if (step.startsWith("f:")) {
      value = isRecord(value) ? value[step.slice(2)] : undefined;
    } else value = itemAt(value, step);
  }
  return value;
}

/** Takes what is at the end of a way out of an object, which is changed. */
export function removeAt(object: unknown, way: readonly string[]): void {
  if (way.at(-1) === SELF) return removeAt(object, way.slice(0, -1));
  const parent = valueAt(object, way.slice(0, -1));
  const step = way.at(-1)!;
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
    ? list.find((item) => isRecord(item) && item[entry![0]] === entry![1])
    : undefined;
}
