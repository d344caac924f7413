import { badRequest } from "../api_failure.ts";
import { ownField } from "../own_fields.ts";
import type { ApiResource } from "./api_resource.ts";
import { fieldsOf, type StoredObject } from "./stored_object.ts";

/**
 * Creates the filter of a request on a collection.
 *
 * @param namespace Null for all.
 * @throws {ApiFailure} 400, for an invalid selector.
 */
export function objectFilter(
  { kind }: ApiResource,
  query: URLSearchParams,
  namespace: string | null,
): ObjectFilter {
  const matches = parseLabelSelector(query.get("labelSelector"));
  const fits = parseFieldSelector(kind, query.get("fieldSelector"));
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    matches(object) && fits(object);
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

export type ObjectFilter = (object: StoredObject) => boolean;

const EQUALITY = /^([^\s!=()]+)\s*(==?|!=)\s*([^\s!=()]*)$/;
const SET = /^([^\s!=()]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const EXISTS = /^(!?)\s*([^\s!=()]+)$/;

/** The selectable fields of each kind, in addition to name and namespace. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Event: [
    "involvedObject.kind",
    "involvedObject.name",
    "involvedObject.namespace",
    "involvedObject.uid",
    "reason",
    "type",
  ],
  Job: ["status.successful"],
  Namespace: ["status.phase"],
  Node: ["spec.unschedulable"],
  Pod: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
  ],
  Secret: ["type"],
};

/** @throws {ApiFailure} 400, for an invalid selector. */
function parseLabelSelector(selector: string | null): ObjectFilter {
  const requirements = splitSelector(selector ?? "").map(parseRequirement);
  return ({ metadata: { labels } }) =>
    requirements.every((requirement) => requirement(labels ?? {}));
}

/** @throws {ApiFailure} 400, for an invalid selector or another field. */
function parseFieldSelector(
  kind: string,
  selector: string | null,
): ObjectFilter {
  const allowed = [
    "metadata.name",
    "metadata.namespace",
    ...Object.hasOwn(FIELDS, kind) ? FIELDS[kind]! : [],
  ];
  const requirements = splitSelector(selector ?? "").map((term) => {
    const [, field, operator, value] = EQUALITY.exec(term) ?? [];
    if (field === undefined || !allowed.includes(field)) {
      throw badRequest(`field label not supported: ${field ?? term}`);
    }
    return (object: StoredObject) =>
      (valueAt(object, field) === value) !== (operator === "!=");
  });
  return (object) => requirements.every((requirement) => requirement(object));
}

/** The value of a field as text; empty without one. */
function valueAt(object: StoredObject, path: string): string {
  let value: unknown = fieldsOf(object);
  for (const field of path.split(".")) {
    value = ownField(value, field);
  }
  return value === undefined ? "" : String(value);
}

/** Splits at commas that are not in parentheses. */
function splitSelector(selector: string): string[] {
  return (selector.match(/(?:\([^()]*\)|[^,])+/g) ?? [])
    .map((term) => term.trim()).filter(Boolean);
}

function parseRequirement(term: string): Requirement {
  const [, key, operator, value] = EQUALITY.exec(term) ?? [];
  if (key !== undefined) {
    return (labels) =>
      (ownField(labels, key) === value) !== (operator === "!=");
  }
  const [, setKey, kind, list] = SET.exec(term) ?? [];
  if (setKey !== undefined) {
    const values = list!.split(",").map((item) => item.trim());
    return (labels) => {
      const label = ownField(labels, setKey) as string | undefined;
      const included = label !== undefined && values.includes(label);
      return included === (kind === "in");
    };
  }
  const [, negated, wanted] = EXISTS.exec(term) ?? [];
  if (wanted === undefined) {
    throw badRequest(`unable to parse requirement: ${term}`);
  }
  return (labels) => Object.hasOwn(labels, wanted) !== (negated === "!");
}
