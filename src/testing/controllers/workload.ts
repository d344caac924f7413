import type { PodSpec } from "../../client/kubernetes/mod.ts";
import { isRecord } from "../../json.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import { isCompleteWorkload } from "../api_server/objects/workload.ts";

/** The part of a workload that describes its pods. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

/** Whether the controllers act on the workload. */
export function isComplete({ object }: ObjectRecord): boolean {
  return isCompleteWorkload(object);
}

const CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A hash as in the names of Kubernetes: FNV-1a, without vowels. */
export function hashOf(value: unknown): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify(sorted(value)))) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  const digits = String(hash);
  return Array.from(
    digits,
    (digit) => CHARACTERS[digit.charCodeAt(0) % CHARACTERS.length],
  ).join("");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value).sort()
      .filter((name) => !isUnset(name, value[name]))
      .map((name) => [name, sorted(value[name])]),
  );
}

/** Structs that Go's clients write although they are empty. */
const STRUCTS = ["resources", "securityContext", "metadata"];

/** Whether a template with the field is the same as one without it. */
function isUnset(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return STRUCTS.includes(name) && Object.keys(value).length === 0;
}

/** A pod of a template, with more labels. */
export function podFrom(
  { metadata = {}, spec }: PodTemplate,
  name: { readonly name: string } | { readonly generateName: string },
  labels: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const { annotations } = metadata;
  return {
    metadata: {
      ...name,
      labels: { ...metadata.labels, ...labels },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec,
  };
}

/** A number, or a percentage of a total, as `maxSurge`. */
export function intOrPercent(
  value: number | string | undefined,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof value !== "string") return value ?? 0;
  return round(parseFloat(value) * total / 100);
}
