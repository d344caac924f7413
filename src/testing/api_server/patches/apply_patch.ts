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
  SELF_STEP,
  valueAt,
} from "./field_set.ts";
import { strategicPatch } from "./strategic_patch.ts";

/** A server-side apply request. */
export interface ApplyRequest {
  readonly object: Readonly<Record<string, unknown>>;
  readonly manager: string;
  /** Takes over fields that other managers own. */
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
 * Applies an object (server-side apply): sets its fields, and removes those that
 * the same manager applied before and no other manager owns. Only apply records
 * ownership here, not create and update.
 *
 * @throws {ApiFailure} 409, for fields that others own with another value.
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
    throw applyConflict(taken.map(({ manager, path }) => ({
      manager,
      field: formatPath(path),
    })));
  }
  const kept = others.map((entry) => withoutTaken(entry, taken));
  const own = entries.find((entry) => entry.manager === manager);
  for (const path of own === undefined ? [] : leavesOf(own.fieldsV1)) {
    const owners = [{ fieldsV1: wanted }, ...kept];
    if (owners.some(({ fieldsV1 }) => has(fieldsV1, path))) continue;
    removeAt(merged, path);
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
  const managedFields = [...kept, withTime(entry, own)];
  return { ...merged, metadata: { ...metadata, managedFields } };
}

/** Keeps the time of the entry when its fields did not change. */
function withTime(
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
  readonly path: readonly string[];
}

/** The fields of other managers whose value would change. */
function conflictsOf(
  before: unknown,
  merged: unknown,
  wanted: FieldSet,
  others: readonly ManagedFields[],
): FieldConflict[] {
  const found: FieldConflict[] = [];
  for (const path of leavesOf(wanted)) {
    if (path.at(-1) === SELF_STEP) continue;
    const [old, fresh] = [before, merged].map((it) => valueAt(it, path));
    if (JSON.stringify(old) === JSON.stringify(fresh)) continue;
    for (const { manager, fieldsV1 } of others) {
      if (has(fieldsV1, path)) found.push({ manager, path });
    }
  }
  return found;
}

function has(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set;
  for (const step of path) at = at?.[step];
  return at !== undefined;
}

/** The entry without the fields that were taken over. */
function withoutTaken(
  entry: ManagedFields,
  taken: readonly FieldConflict[],
): ManagedFields {
  const fieldsV1 = structuredClone(entry.fieldsV1);
  for (const { manager, path } of taken) {
    if (manager !== entry.manager) continue;
    let parent = fieldsV1 as Record<string, FieldSet>;
    for (const step of path.slice(0, -1)) {
      parent = parent[step] as Record<string, FieldSet>;
    }
    delete parent[path.at(-1)!];
  }
  return { ...entry, fieldsV1 };
}
