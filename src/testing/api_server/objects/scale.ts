import type { LabelSelector } from "../../../client/kubernetes/mod.ts";
import { isRecord } from "../../../json.ts";
import { badRequest, conflict, invalid } from "../api_failure.ts";
import type { ApiResource } from "./api_resource.ts";
import type { RequestObject } from "./new_object.ts";
import {
  fieldsOf,
  type ObjectRecord,
  type StoredObject,
} from "./stored_object.ts";

const API_VERSION = "autoscaling/v1";

/** Whether the resource has a `scale` subresource. */
export function hasScale({ kind, builtIn }: ApiResource): boolean {
  return builtIn && ["Deployment", "ReplicaSet", "StatefulSet"].includes(kind);
}

/** The Scale of a workload, as its subresource presents it. */
export function scaleOf({ object }: ObjectRecord): RequestObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } =
    object.metadata;
  const { spec, status } = fieldsOf(object);
  const { selector } = isRecord(spec) ? spec : {};
  return {
    kind: "Scale",
    apiVersion: API_VERSION,
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicasIn(spec, 1) },
    status: {
      replicas: replicasIn(status, 0),
      selector: selectorText(selector as LabelSelector ?? {}),
    },
  };
}

/**
 * A workload with the replicas of a Scale.
 *
 * @throws {ApiFailure} 400 for another kind, 409 for a stale one, 422 for a
 * number of replicas that is none.
 */
export function scaled(
  { resource, object }: ObjectRecord,
  scale: RequestObject,
): StoredObject {
  const { kind = "Scale", apiVersion = API_VERSION } = scale;
  if (kind !== "Scale" || apiVersion !== API_VERSION) {
    throw badRequest(
      `the object is a ${kind} of ${apiVersion}; a Scale was expected`,
    );
  }
  const metadata = isRecord(scale.metadata) ? scale.metadata : {};
  const { name, resourceVersion } = object.metadata;
  if ((metadata.resourceVersion || resourceVersion) !== resourceVersion) {
    const problem = "the object has been modified; please apply your changes " +
      "to the latest version and try again";
    throw conflict(resource, name, problem);
  }
  const replicas = replicasIn(scale.spec, 0);
  if (!Number.isInteger(replicas) || replicas < 0) {
    const problem = `Invalid value: ${replicas}: ` +
      "must be greater than or equal to 0";
    const type = { kind: "Scale", group: "autoscaling" };
    throw invalid(type, name, "spec.replicas", problem);
  }
  const current = structuredClone(object);
  const { spec } = fieldsOf(current);
  const next = { ...current, spec: { ...spec as object, replicas } };
  return next as StoredObject;
}

function replicasIn(part: unknown, standard: number): number {
  const { replicas } = isRecord(part) ? part : {};
  return typeof replicas === "number" ? replicas : standard;
}

/** In the syntax of the query parameter `labelSelector`. */
function selectorText(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): string {
  const labels = Object.entries(matchLabels).map(([key, it]) => `${key}=${it}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
  });
  return [...labels, ...expressions].join(",");
}
