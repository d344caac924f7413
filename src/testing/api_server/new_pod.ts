import { isRecord } from "../../json.ts";
import type { ContainerSpec } from "../containers/container.ts";
import { badRequest, invalid } from "./api_failure.ts";
import { ownField } from "./own_fields.ts";
import type { InitContainerSpec, PodObject, PodSpec } from "./pod_record.ts";
import type { ApiResource } from "./objects/api_resource.ts";
import { newObject, type RequestObject } from "./objects/new_object.ts";

const POD = { kind: "Pod" };

/**
 * Creates a pod from a request's object, validated and with defaults.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function newPod(
  resource: ApiResource,
  object: RequestObject,
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

/**
 * Checks an update of a pod's ephemeral containers: others can be added, those
 * that exist can be neither changed nor removed.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function checkEphemeralContainers(
  { metadata: { name }, spec: before }: PodObject,
  { spec }: PodObject,
): void {
  const field = "spec.ephemeralContainers";
  const { ephemeralContainers: containers = [] } = spec;
  const others = namesOf([...spec.containers, ...spec.initContainers ?? []]);
  const names = new Set<unknown>(others);
  containers.forEach((container, index) => {
    const path = `${field}[${index}]`;
    checkContainer(container, names, path, name);
    const { targetContainerName: target } = container;
    if (target === undefined || others.includes(target)) return;
    const problem = `Not found: ${JSON.stringify(target)}`;
    throw invalid(POD, name, `${path}.targetContainerName`, problem);
  });
  for (const old of before.ephemeralContainers ?? []) {
    const kept = containers.find((it) => it.name === old.name);
    const is = kept === undefined
      ? "removed"
      : JSON.stringify(kept) === JSON.stringify(old)
      ? null
      : "changed";
    if (is === null) continue;
    const problem = `Forbidden: existing ephemeral containers ` +
      `${JSON.stringify(old.name)} may not be ${is}\n`;
    throw invalid(POD, name, field, problem);
  }
}

function namesOf(containers: readonly ContainerSpec[]): string[] {
  return containers.map(({ name }) => name);
}

/** @throws {ApiFailure} 422, for missing containers, names or images. */
function readSpec(given: unknown, pod: string): PodSpec {
  const spec = isRecord(given) ? given : {};
  const names = new Set<unknown>();
  const read = (field: "initContainers" | "containers"): ContainerSpec[] => {
    const list = Array.isArray(spec[field]) ? spec[field] : [];
    list.forEach((container, index) => {
      checkContainer(container, names, `spec.${field}[${index}]`, pod);
    });
    return list;
  };
  if (Array.isArray(spec.ephemeralContainers) && spec.ephemeralContainers[0]) {
    const problem = "Forbidden: cannot be set on create";
    throw invalid(POD, pod, "spec.ephemeralContainers", problem);
  }
  const containers = read("containers");
  if (containers.length === 0) {
    throw invalid(POD, pod, "spec.containers", "Required value");
  }
  const initContainers = read("initContainers") as InitContainerSpec[];
  return {
    restartPolicy: "Always",
    ...spec,
    ...(initContainers.length === 0 ? {} : { initContainers }),
    containers,
  };
}

/**
 * @throws {ApiFailure} 400 for a field of the wrong type; 422 for a missing name
 * or image, or a used name.
 */
function checkContainer(
  container: unknown,
  names: Set<unknown>,
  path: string,
  pod: string,
): void {
  const fields = isRecord(container) ? container : {};
  for (const field of ["name", "image"]) {
    if (typeof fields[field] === "string" && fields[field] !== "") continue;
    throw invalid(POD, pod, `${path}.${field}`, "Required value");
  }
  if (names.has(fields.name)) {
    const problem = `Duplicate value: ${JSON.stringify(fields.name)}`;
    throw invalid(POD, pod, `${path}.name`, problem);
  }
  names.add(fields.name);
  checkTypes(fields, path.replace(/\[\d+\]$/, ""));
}

const isText = (value: unknown): boolean => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.every(isText);

/** The fields that containers are started with, and their types in Go. */
const TYPES: Readonly<
  Record<string, readonly [(value: unknown) => boolean, string]>
> = {
  command: [isTextList, "[]string"],
  args: [isTextList, "[]string"],
  env: [isEnv, "[]v1.EnvVar"],
  workingDir: [isText, "string"],
  stdin: [isFlag, "bool"],
  stdinOnce: [isFlag, "bool"],
  tty: [isFlag, "bool"],
};

function isEnv(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) =>
      isRecord(item) && isText(item.name) && isText(item.value ?? "")
    );
}

/** @throws {ApiFailure} 400, in the words of Go's JSON decoder. */
function checkTypes(fields: Record<string, unknown>, path: string): void {
  for (const [field, [isValid, type]] of Object.entries(TYPES)) {
    const value = ownField(fields, field);
    if (value === undefined || value === null || isValid(value)) continue;
    const kind = Array.isArray(value) ? "array" : typeof value;
    throw badRequest(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal ' +
        `${kind} into Go struct field Container.${path}.${field} of type ${type}`,
    );
  }
}
