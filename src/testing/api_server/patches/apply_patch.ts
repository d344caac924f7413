import { isRecord } from "../../../json.ts";
import { type ApiResource, groupVersionOf } from "../objects/api_resource.ts";
import { timestamp } from "../objects/stored_object.ts";
import { applyConflict } from "../api_failure.ts";
import {
  type FieldSet,
  fieldSetOf,
  formatPath,
  leavesOf,
  removeAt,
  SELF,
  valueAt,
} from "./field_set.ts";
import { strategicPatch } from "./strategic_patch.ts";

/** An object that somebody applies. */
export interface ApplyRequest {
  readonly object: Readonly<Record<string, unknown>>;
  readonly manager: string;
  /** Take fields over from others. */
  readonly force: boolean;
}

interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply";
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: FieldSet;
}

/**
 * What server-side apply makes of an object, or of none: the fields that are
 * applied, without those that the same manager applied before and nobody else
 * does. Only appliers own fields here, not those who create and update.
 *
 * @throws {ApiFailure} 409, for fields that others apply with another value.
 */
export function applyPatch(
  live: Readonly<Record<string, unknown>> | null,
  resource: ApiResource,
  { object, manager, force }: ApplyRequest,
): Record<string, unknown> {
  const before = structuredClone(live ?? {});
  const entries = managedFieldsOf(before);
  const wanted = fieldSetOf(resource.kind, object);
  const others = entries.filter((entry) => entry.manager !== manager);
  const merged = strategicPatch(resource.kind, before, object);
  const taken = conflictsOf(before, merged, wanted, others);
  if (taken.length > 0 && !force) {
    throw applyConflict(taken.map(({ manager, way }) => ({
      manager,
      field: formatPath(way),
    })));
  }
  const kept = others.map((entry) => without(entry, taken));
  const own = entries.find((entry) => entry.manager === manager);
  for (const way of own === undefined ? [] : leavesOf(own.fieldsV1)) {
    const owners = [{ fieldsV1: wanted }, ...kept];
    if (owners.some(({ fieldsV1 }) => has(fieldsV1, way))) continue;
    removeAt(merged, way);
  }
  const entry: ManagedFields = {
    manager,
    operation: "Apply",
    apiVersion: groupVersionOf(resource),
    time: timestamp(),
    fieldsType: "FieldsV1",
    fieldsV1: wanted,
  };
  const metadata = isRecord(merged.metadata) ? merged.metadata : {};
  const managedFields = [...kept, settled(entry, own)];
  return { ...merged, metadata: { ...metadata, managedFields } };
}

/** The time of an application is that of its latest change. */
function settled(
  entry: ManagedFields,
  before: ManagedFields | undefined,
): ManagedFields {
  const same = JSON.stringify(before?.fieldsV1) ===
    JSON.stringify(entry.fieldsV1);
  return same ? { ...entry, time: before!.time } : entry;
}

function managedFieldsOf(object: Record<string, unknown>): ManagedFields[] {
  const { managedFields } = isRecord(object.metadata) ? object.metadata : {};
  return Array.isArray(managedFields) ? managedFields : [];
}

interface FieldConflict {
  readonly manager: string;
  readonly way: readonly string[];
}

/** The fields that others own and that get another value. */
function conflictsOf(
  before: unknown,
  merged: unknown,
  wanted: FieldSet,
  others: readonly ManagedFields[],
): FieldConflict[] {
  const found: FieldConflict[] = [];
  for (const way of leavesOf(wanted)) {
    if (way.at(-1) === SELF) continue;
    const [old, fresh] = [before, merged].map((it) => valueAt(it, way));
    if (JSON.stringify(old) === JSON.stringify(fresh)) continue;
    for (const { manager, fieldsV1 } of others) {
      if (has(fieldsV1, way)) found.push({ manager, way });
    }
  }
  return found;
}

function has(set: FieldSet, way: readonly string[]): boolean {
  let at: FieldSet | undefined = set;
  for (const step of way) at = at?.[step];
  return at !== undefined;
}

/** The fields of an owner without those that were taken from it. */
function without(
  entry: ManagedFields,
  taken: readonly FieldConflict[],
): ManagedFields {
  const fieldsV1 = structuredClone(entry.fieldsV1);
  for (const { manager, way } of taken) {
    if (manager !== entry.manager) continue;
    let parent = fieldsV1 as Record<string, FieldSet>;
    for (const step of way.slice(0, -1)) {
      parent = parent[step] as Record<string, FieldSet>;
    }
    delete parent[way.at(-1)!];
  }
  return { ...entry, fieldsV1 };
}
