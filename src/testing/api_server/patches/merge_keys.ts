import { isRecord } from "../../../json.ts";

/**
 * The lists whose items are told apart by a field, and which; other lists are
 * replaced whole (`x-kubernetes-patch-merge-key` of Kubernetes' OpenAPI).
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

/** The kinds whose lists of those names are replaced whole nevertheless. */
const WHOLE = ["EndpointSlice", "NetworkPolicy"];

/** The lists of plain values that are merged. */
const SETS = ["finalizers"];

/**
 * The field that tells the items of a list apart; null for a list that is
 * replaced whole.
 */
export function mergeKey(
  kind: string,
  field: string,
  items: readonly unknown[],
): string | null {
  if (WHOLE.includes(kind) || !Object.hasOwn(KEYS, field)) return null;
  const has = (key: string) =>
    items.every((item) =>
      isRecord(item) && (key in item || item.$patch === "replace")
    );
  return KEYS[field]!.find(has) ?? null;
}

/** Whether a list is a set of plain values. */
export function isSet(field: string): boolean {
  return SETS.includes(field);
}
