import { isRecord } from "../../json.ts";
import { type GivenObject, newObject } from "./objects/new_object.ts";
import type { ServedResource } from "./objects/served_resource.ts";
import type { PodObject, PodSpec } from "./pod_record.ts";
import { invalid } from "./status_failures.ts";

/**
 * The pod that a client wants created, checked and with the server's defaults.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function newPod(
  resource: ServedResource,
  object: GivenObject,
  namespace: string,
): PodObject {
  const made = newObject(resource, object, namespace);
  return {
    ...made,
    kind: "Pod",
    metadata: { ...made.metadata, namespace },
    spec: readSpec(object.spec, made.metadata.name),
    status: { phase: "Pending" },
  };
}

/** @throws {ApiFailure} 422, if containers are missing or have no name or image. */
export function readSpec(given: unknown, pod: string): PodSpec {
  const spec = isRecord(given) ? given : {};
  const containers = Array.isArray(spec.containers) ? spec.containers : [];
  if (containers.length === 0) {
    throw invalid(POD, pod, "spec.containers", "Required value");
  }
  const names = new Set<unknown>();
  containers.forEach((container: unknown, index) => {
    const fields = isRecord(container) ? container : {};
    for (const field of ["name", "image"]) {
      if (typeof fields[field] === "string" && fields[field] !== "") continue;
      const path = `spec.containers[${index}].${field}`;
      throw invalid(POD, pod, path, "Required value");
    }
    if (names.has(fields.name)) {
      const problem = `Duplicate value: ${JSON.stringify(fields.name)}`;
      throw invalid(POD, pod, `spec.containers[${index}].name`, problem);
    }
    names.add(fields.name);
  });
  return { restartPolicy: "Always", ...spec, containers };
}

const POD = { kind: "Pod" };
