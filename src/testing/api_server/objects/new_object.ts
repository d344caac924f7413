import {
  type Bytes,
  decodeText,
  encodeBase64,
  encodeText,
} from "../../../bytes.ts";
import { isRecord } from "../../../json.ts";
import {
  ApiFailure,
  badRequest,
  invalid,
  unsupportedMediaType,
} from "../api_failure.ts";
import type { ApiRequest } from "../api_request.ts";
import { checkTextDepth } from "../nesting_limit.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import { withoutNulls } from "./field_types.ts";
import {
  fieldsOf,
  type StoredMetadata,
  type StoredObject,
  timestamp,
} from "./stored_object.ts";
import { readProtobuf } from "./read_protobuf.ts";
import { withWorkloadDefaults } from "./workload.ts";

const NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;
/** The names of roles and their bindings. */
const PATH_NAME = /^(?!\.{1,2}$)[^/%]+$/;
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** An object from a request's body. */
export type RequestObject = Readonly<Record<string, unknown>>;

/** The default media type of Kubernetes' Go clients. */
const PROTOBUF = "application/vnd.kubernetes.protobuf";

/**
 * Reads the JSON object in a request's body.
 *
 * @throws {ApiFailure} 400 for another body, 413 for a large one; 415 for
 * protobuf that the kit cannot read, after which some clients send JSON.
 */
export function readObject({ headers, body }: ApiRequest): RequestObject {
  if (headers.get("content-type")?.startsWith(PROTOBUF)) {
    if (body.byteLength > MAX_BODY) throw tooLarge();
    const object = readProtobuf(body);
    if (object !== null) return object;
    throw unsupportedMediaType(["application/json"]);
  }
  return parseObject(body);
}

/** @throws {ApiFailure} 400, if the body is no JSON object. */
export function parseObject(body: Bytes): Record<string, unknown> {
  const object = parseJson(body);
  if (isRecord(object)) return object;
  throw badRequest("the object provided is unrecognized: it must be JSON");
}

/** @throws {ApiFailure} 400, if the body is no JSON. */
export function parseJson(body: Bytes): unknown {
  if (body.byteLength > MAX_BODY) throw tooLarge();
  const text = decodeText(body);
  checkTextDepth(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding the body: ${(error as Error).message}`);
  }
}

/** The limit of the API server, in bytes. */
const MAX_BODY = 3 * 2 ** 20;

function tooLarge(): ApiFailure {
  const message = `Request entity too large: limit is ${MAX_BODY}`;
  return new ApiFailure(413, "RequestEntityTooLarge", message);
}

/**
 * Creates an object from a request's, with the metadata of a new one.
 *
 * @throws {ApiFailure} 400 for another kind or namespace, 422 for an invalid
 * name.
 */
export function newObject(
  resource: ApiResource,
  object: RequestObject,
  namespace: string | null,
): StoredObject & RequestObject {
  checkType(resource, object);
  const { status: _, ...rest } = object;
  return {
    ...(resource.hasStatusSubresource ? rest : object),
    apiVersion: groupVersionOf(resource),
    kind: resource.kind,
    metadata: newMetadata(resource, object.metadata, namespace),
  };
}

/** @throws {ApiFailure} 400, for an object of another kind or version. */
export function checkType(resource: ApiResource, object: RequestObject): void {
  const { apiVersion = groupVersionOf(resource), kind = resource.kind } =
    object;
  if (kind === resource.kind && apiVersion === groupVersionOf(resource)) return;
  throw badRequest(
    `${kind} in version ${JSON.stringify(apiVersion)} cannot be handled as a ` +
      `${resource.kind}: an object of ${groupVersionOf(resource)} was expected`,
  );
}

/** @throws {ApiFailure} 400, if the object and the URL differ in namespace. */
export function checkNamespace(
  metadata: RequestObject,
  namespace: string | null,
): void {
  if ((metadata.namespace ?? namespace) === namespace) return;
  throw badRequest(
    "the namespace of the provided object does not match " +
      "the namespace sent on the request",
  );
}

function newMetadata(
  resource: ApiResource,
  given: unknown,
  namespace: string | null,
): StoredMetadata {
  const metadata = isRecord(given) ? given : {};
  checkNamespace(metadata, namespace);
  return {
    ...withoutNulls(metadata),
    name: readName(resource, metadata),
    ...(namespace === null ? {} : { namespace }),
    uid: crypto.randomUUID(),
    resourceVersion: "",
    ...(resource.hasStatusSubresource && resource.kind !== "Pod"
      ? { generation: 1 }
      : {}),
    creationTimestamp: timestamp(),
    deletionTimestamp: undefined,
  };
}

function readName(resource: ApiResource, metadata: RequestObject): string {
  const { name, generateName } = metadata;
  const chosen = typeof name === "string" && name !== ""
    ? name
    : typeof generateName === "string" && generateName !== ""
    ? generateName + suffix()
    : null;
  if (chosen === null) {
    const problem = "Required value: name or generateName is required";
    throw invalid(resource, "", "metadata.name", problem);
  }
  const rule = resource.group === "rbac.authorization.k8s.io"
    ? PATH_NAME
    : NAME;
  if (rule.test(chosen)) return chosen;
  const problem = `Invalid value: ${JSON.stringify(chosen)}: ` +
    "a lowercase RFC 1123 subdomain must consist of lower case " +
    "alphanumeric characters, '-' or '.', and must start and end with an " +
    "alphanumeric character";
  throw invalid(resource, chosen, "metadata.name", problem);
}

/** Five characters, which the API server appends to `generateName`. */
function suffix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** Adds the defaults of the API server that matter to clients. */
export function withDefaults<T extends StoredObject>(object: T): T {
  const fields = fieldsOf(object);
  if (object.kind === "Namespace") {
    return { ...object, status: fields.status ?? { phase: "Active" } };
  }
  if (object.kind !== "Secret") return withWorkloadDefaults(object);
  const { stringData, data, ...rest } = fields;
  const texts = Object.entries(isRecord(stringData) ? stringData : {});
  const encoded = texts.map(([key, text]) => [
    key,
    encodeBase64(encodeText(String(text))),
  ]);
  const all = { ...data as object, ...Object.fromEntries(encoded) };
  return { type: "Opaque", ...rest, data: all } as unknown as T;
}
