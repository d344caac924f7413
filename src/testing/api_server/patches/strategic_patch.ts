import { isRecord } from "../../../json.ts";
import { ownField, setOwnField } from "../own_fields.ts";
import { isSet, mergeKey } from "./merge_keys.ts";

type Fields = Record<string, unknown>;

/**
 * Applies a strategic merge patch: a merge patch that merges keyed lists and
 * supports the directives `$patch`, `$retainKeys` and
 * `$deleteFromPrimitiveList`, but not `$setElementOrder`.
 *
 * @param kind The kind of the whole object.
 */
export function strategicPatch(
  kind: string,
  object: Fields,
  patch: Readonly<Fields>,
): Fields {
  const { $patch, $retainKeys, ...parts } = patch;
  const merged: Fields = $patch === "replace" ? {} : { ...object };
  if (Array.isArray($retainKeys)) {
    for (const name of Object.keys(merged)) {
      if (!$retainKeys.includes(name)) delete merged[name];
    }
  }
  for (const [name, part] of Object.entries(parts)) {
    if (name.startsWith("$")) removeValues(merged, name, part);
    else if (part === null || isRecord(part) && part.$patch === "delete") {
      delete merged[name];
    } else {
      const value = mergeField(kind, name, ownField(merged, name), part);
      setOwnField(merged, name, value);
    }
  }
  return merged;
}

function mergeField(
  kind: string,
  name: string,
  value: unknown,
  part: unknown,
): unknown {
  if (isRecord(part)) {
    return strategicPatch(kind, isRecord(value) ? value : {}, part);
  }
  if (!Array.isArray(part)) return part;
  const list = Array.isArray(value) ? value : [];
  if (isSet(name)) return [...new Set([...list, ...part])];
  const key = mergeKey(kind, name, part);
  return key === null ? part : mergeItems(kind, key, list, part);
}

function mergeItems(
  kind: string,
  key: string,
  list: readonly Fields[],
  parts: readonly Fields[],
): Fields[] {
  const replaces = parts.some((part) =>
    part.$patch === "replace" && !Object.hasOwn(part, key)
  );
  const merged = replaces ? [] : [...list];
  for (const part of parts) {
    if (!Object.hasOwn(part, key)) continue;
    const at = merged.findIndex((item) => ownField(item, key) === part[key]);
    if (part.$patch === "delete") {
      if (at >= 0) merged.splice(at, 1);
    } else if (at < 0) merged.push(strategicPatch(kind, {}, part));
    else merged[at] = strategicPatch(kind, merged[at]!, part);
  }
  return merged;
}

/** Applies `$deleteFromPrimitiveList/finalizers` and the like. */
function removeValues(
  merged: Fields,
  directive: string,
  values: unknown,
): void {
  const [word, field = ""] = directive.split("/");
  const list = ownField(merged, field);
  if (word !== "$deleteFromPrimitiveList" || !Array.isArray(list)) return;
  const left = list.filter((value) =>
    !(Array.isArray(values) && values.includes(value))
  );
  setOwnField(merged, field, left);
}
