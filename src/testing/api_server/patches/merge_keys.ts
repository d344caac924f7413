import { isRecord } from "../../../json.ts";

/**
 * The merge keys of lists by field name (`x-kubernetes-patch-merge-key` in
 * Kubernetes' OpenAPI). Other lists are atomic.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  addresses: ["type"],
  conditions: ["type"],
  containers: ["name"],
  env: ["name"],
  ephemeralContainers: ["name"],
  hostAliases: ["ip"],
  imagePullSecrets: ["name"],
  initContainers: ["name"],
  ownerReferences: ["uid"],
  podIPs: ["ip"],
  ports: ["containerPort", "port"],
  resourceClaims: ["name"],
  schedulingGates: ["name"],
  secrets: ["name"],
  topologySpreadConstraints: ["topologyKey"],
  volumeDevices: ["devicePath"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/** The kinds whose lists of those names are atomic. */
const ATOMIC = ["EndpointSlice", "NetworkPolicy"];

/** The lists of plain values that are merged as sets. */
const SETS = ["finalizers"];

/** The merge key of a list; null for an atomic one. */
export function mergeKey(
  kind: string,
  field: string,
  items: readonly unknown[],
): string | null {
  if (ATOMIC.includes(kind) || !Object.hasOwn(KEYS, field)) return null;
  const has = (key: string) =>
    items.every((item) =>
      isRecord(item) && (Object.hasOwn(item, key) || item.$patch === "replace")
    );
  return KEYS[field]!.find(has) ?? null;
}

export function isSet(field: string): boolean {
  return SETS.includes(field);
}
