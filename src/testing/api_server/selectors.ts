import type { PodObject } from "./pod_record.ts";
import { badRequest } from "./status_failures.ts";

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

const EQUALITY = /^([^\s!=()]+)\s*(==?|!=)\s*([^\s!=()]*)$/;
const SET = /^([^\s!=()]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const EXISTS = /^(!?)\s*([^\s!=()]+)$/;

/**
 * Whether a pod matches a label selector: equality, sets and existence.
 *
 * @throws {ApiFailure} 400, if the selector does not parse.
 */
export function labelSelector(
  selector: string | null,
): (pod: PodObject) => boolean {
  const requirements = splitSelector(selector ?? "").map(parseRequirement);
  return ({ metadata: { labels = {} } }) =>
    requirements.every((requirement) => requirement(labels));
}

/**
 * Whether a pod matches a field selector, of the fields that pods can be
 * selected by: `metadata.name`, `metadata.namespace`, `status.phase`,
 * `spec.nodeName`.
 *
 * @throws {ApiFailure} 400, for any other.
 */
export function fieldSelector(
  selector: string | null,
): (pod: PodObject) => boolean {
  const requirements = splitSelector(selector ?? "").map((term) => {
    const [, field, operator, value] = EQUALITY.exec(term) ?? [];
    if (field === undefined || !(field in FIELDS)) {
      throw badRequest(`field label not supported: ${field ?? term}`);
    }
    const read = FIELDS[field]!;
    return (pod: PodObject) => (read(pod) === value) !== (operator === "!=");
  });
  return (pod) => requirements.every((requirement) => requirement(pod));
}

const FIELDS: Readonly<Record<string, (pod: PodObject) => string>> = {
  "metadata.name": (pod) => pod.metadata.name,
  "metadata.namespace": (pod) => pod.metadata.namespace,
  "status.phase": (pod) => pod.status.phase,
  "spec.nodeName": (pod) => pod.spec.nodeName ?? "",
};

/** Splits at commas, those in parentheses aside. */
function splitSelector(selector: string): string[] {
  return (selector.match(/(?:\([^()]*\)|[^,])+/g) ?? [])
    .map((term) => term.trim()).filter(Boolean);
}

function parseRequirement(term: string): Requirement {
  const [, key, operator, value] = EQUALITY.exec(term) ?? [];
  if (key !== undefined) {
    return (labels) => (labels[key] === value) !== (operator === "!=");
  }
  const [, setKey, kind, list] = SET.exec(term) ?? [];
  if (setKey !== undefined) {
    const values = list!.split(",").map((item) => item.trim());
    return (labels) => {
      const own = labels[setKey];
      return (own !== undefined && values.includes(own)) === (kind === "in");
    };
  }
  const [, negated, wanted] = EXISTS.exec(term) ?? [];
  if (wanted === undefined) {
    throw badRequest(`unable to parse requirement: ${term}`);
  }
  return (labels) => (wanted in labels) !== (negated === "!");
}
