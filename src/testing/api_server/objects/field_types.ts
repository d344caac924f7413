import { isRecord } from "../../../json.ts";
import type { ApiResource } from "./api_resource.ts";

type Fields = Readonly<Record<string, unknown>>;

type TypeName = keyof typeof HAS_TYPE;

/** What a value of a type is, as far as the kit relies on it. */
const HAS_TYPE = {
  "map[string]string": isRecord,
  int32: (value: unknown) => Number.isInteger(value),
  "[]string": (value: unknown) =>
    Array.isArray(value) && value.every((it) => typeof it === "string"),
  "[]v1.OwnerReference": isListOfObjects,
  "[]v1.LabelSelectorRequirement": isListOfObjects,
  "[]v1.ServicePort": isListOfObjects,
} as const;

/** The fields of each struct that the kit reads, by their path in the object. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, TypeName>>>> = {
  "ObjectMeta.metadata": {
    labels: "map[string]string",
    annotations: "map[string]string",
    finalizers: "[]string",
    ownerReferences: "[]v1.OwnerReference",
  },
};

const WORKLOAD: typeof FIELDS = {
  "Spec.spec": {
    replicas: "int32",
    minReadySeconds: "int32",
    revisionHistoryLimit: "int32",
    progressDeadlineSeconds: "int32",
    parallelism: "int32",
    completions: "int32",
    backoffLimit: "int32",
    activeDeadlineSeconds: "int32",
    ttlSecondsAfterFinished: "int32",
  },
  "LabelSelector.spec.selector": {
    matchLabels: "map[string]string",
    matchExpressions: "[]v1.LabelSelectorRequirement",
  },
};

const SERVICE: typeof FIELDS = { "Spec.spec": { ports: "[]v1.ServicePort" } };

/** What Go's JSON decoder says of a field of the wrong type; null: none is. */
export function wrongType(
  { builtIn, group, kind }: ApiResource,
  object: Fields,
): string | null {
  const isWorkload = builtIn && (group === "apps" || group === "batch");
  const isService = builtIn && group === "" && kind === "Service";
  const structs = {
    ...FIELDS,
    ...isWorkload ? WORKLOAD : isService ? SERVICE : {},
  };
  for (const [place, fields] of Object.entries(structs)) {
    const [struct = "", ...path] = place.split(".");
    const value = path.reduce<unknown>(
      (part, name) => isRecord(part) ? part[name] : undefined,
      object,
    );
    if (!isRecord(value)) continue;
    const prefix = struct === "Spec" ? `${kind}Spec` : struct;
    for (const [name, type] of Object.entries(fields)) {
      const wrong = wrongIn(value[name], type);
      if (wrong === null) continue;
      return `json: cannot unmarshal ${goType(wrong.value)} into Go struct ` +
        `field ${[prefix, ...path, name].join(".")} of type ${wrong.type}`;
    }
  }
  return null;
}

/** The value, or the one in a map, that is of another type than this. */
function wrongIn(
  value: unknown,
  type: TypeName,
): { readonly value: unknown; readonly type: string } | null {
  // Go takes null for an absent value.
  if (value === undefined || value === null) return null;
  if (!HAS_TYPE[type](value)) return { value, type };
  if (type !== "map[string]string") return null;
  const wrong = Object.values(value)
    .find((it) => typeof it !== "string" && it !== null);
  return wrong === undefined ? null : { value: wrong, type: "string" };
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isRecord);
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** The fields that are not null, which Go takes for an absent value. */
export function withoutNulls(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null),
  );
}
