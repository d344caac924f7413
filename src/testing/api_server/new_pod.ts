import { type Bytes, decodeText } from "../../bytes.ts";
import { isRecord } from "../../channel/json.ts";
import type { PodMetadata, PodObject, PodSpec } from "./pod_record.ts";
import { badRequest, invalidPod } from "./status_failures.ts";

const NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * The pod that a client wants created, checked and with the server's defaults.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function newPod(
  object: Readonly<Record<string, unknown>>,
  namespace: string,
): PodObject {
  const metadata = readMetadata(object.metadata, namespace);
  return {
    ...object,
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: readSpec(object.spec, metadata.name),
    status: { phase: "Pending" },
  };
}

/**
 * A JSON object in a request's body.
 *
 * @throws {ApiFailure} 400, if it is none.
 */
export function parseObject(body: Bytes): Record<string, unknown> {
  try {
    const object: unknown = JSON.parse(decodeText(body));
    if (isRecord(object)) return object;
  } catch {
    // Answered like any other body that is not an object.
  }
  throw badRequest("the object provided is unrecognized: it must be JSON");
}

function readMetadata(given: unknown, namespace: string): PodMetadata {
  const metadata = isRecord(given) ? given : {};
  if ((metadata.namespace ?? namespace) !== namespace) {
    throw badRequest(
      "the namespace of the provided object does not match " +
        "the namespace sent on the request",
    );
  }
  return {
    ...metadata,
    name: readName(metadata),
    namespace,
    uid: crypto.randomUUID(),
    resourceVersion: "",
    creationTimestamp: timestamp(),
  };
}

function readName(metadata: Record<string, unknown>): string {
  const { name, generateName } = metadata;
  const chosen = typeof name === "string" && name !== ""
    ? name
    : typeof generateName === "string" && generateName !== ""
    ? generateName + suffix()
    : null;
  if (chosen === null) {
    const problem = "Required value: name or generateName is required";
    throw invalidPod("", "metadata.name", problem);
  }
  if (NAME.test(chosen)) return chosen;
  const problem = `Invalid value: ${JSON.stringify(chosen)}: ` +
    "a lowercase RFC 1123 subdomain must consist of lower case " +
    "alphanumeric characters, '-' or '.', and must start and end with an " +
    "alphanumeric character";
  throw invalidPod(chosen, "metadata.name", problem);
}

function readSpec(given: unknown, pod: string): PodSpec {
  const spec = isRecord(given) ? given : {};
  const containers = Array.isArray(spec.containers) ? spec.containers : [];
  if (containers.length === 0) {
    throw invalidPod(pod, "spec.containers", "Required value");
  }
  const names = new Set<unknown>();
  containers.forEach((container: unknown, index) => {
    const fields = isRecord(container) ? container : {};
    for (const field of ["name", "image"]) {
      if (typeof fields[field] === "string" && fields[field] !== "") continue;
      const path = `spec.containers[${index}].${field}`;
      throw invalidPod(pod, path, "Required value");
    }
    if (names.has(fields.name)) {
      const problem = `Duplicate value: ${JSON.stringify(fields.name)}`;
      throw invalidPod(pod, `spec.containers[${index}].name`, problem);
    }
    names.add(fields.name);
  });
  return { restartPolicy: "Always", ...spec, containers };
}

/** Five letters, as the API server appends to `generateName`. */
function suffix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** The time in the API's form, to the second. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
