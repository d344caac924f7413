import { type Bytes, decodeText, encodeBase64 } from "../../../bytes.ts";
import { setOwnField } from "../own_fields.ts";

type Fields = Record<string, unknown>;

/** What a field holds: a scalar, a map, or a message by its name. */
interface Field {
  /** `-` for one that is not kept. */
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
}

/**
 * The fields of the objects that commands such as `kubectl create deployment`
 * send, from the generated.proto files of k8s.io/api and k8s.io/apimachinery, as
 * `number name type`. A type in lower case is a scalar or a map. Go writes a
 * field that is not set as its zero value, unless it is a pointer: `int?`.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  ClusterRole: "1 metadata ObjectMeta, 2 rules PolicyRule[]",
  ClusterRoleBinding:
    "1 metadata ObjectMeta, 2 subjects Subject[], 3 roleRef RoleRef",
  ConfigMap: "1 metadata ObjectMeta, 2 data map, 4 immutable bool",
  Container: "1 name text, 2 image text, 3 command text[], 4 args text[], " +
    "5 workingDir text, 6 ports ContainerPort[], 7 env EnvVar[], " +
    "8 resources Empty, 13 terminationMessagePath text, " +
    "14 imagePullPolicy text, 16 stdin bool, 17 stdinOnce bool, 18 tty bool, " +
    "20 terminationMessagePolicy text",
  ContainerPort: "1 name text, 2 hostPort int, 3 containerPort int, " +
    "4 protocol text, 5 hostIP text",
  CronJob: "1 metadata ObjectMeta, 2 spec CronJobSpec, 3 - skipped",
  CronJobSpec: "1 schedule text, 2 startingDeadlineSeconds int?, " +
    "3 concurrencyPolicy text, 4 suspend bool, 5 jobTemplate JobTemplateSpec, " +
    "6 successfulJobsHistoryLimit int?, 7 failedJobsHistoryLimit int?, " +
    "8 timeZone text",
  Deployment: "1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 - skipped",
  DeploymentSpec: "1 replicas int?, 2 selector LabelSelector, " +
    "3 template PodTemplateSpec, 4 strategy DeploymentStrategy, " +
    "5 minReadySeconds int, 6 revisionHistoryLimit int?, 7 paused bool, " +
    "9 progressDeadlineSeconds int?",
  DeploymentStrategy: "1 type text",
  Empty: "",
  EnvVar: "1 name text, 2 value text",
  Job: "1 metadata ObjectMeta, 2 spec JobSpec, 3 - skipped",
  JobSpec: "1 parallelism int?, 2 completions int?, " +
    "3 activeDeadlineSeconds int?, 4 selector LabelSelector, " +
    "5 manualSelector bool, 6 template PodTemplateSpec, 7 backoffLimit int?, " +
    "8 ttlSecondsAfterFinished int?, 9 completionMode text, 10 suspend bool",
  JobTemplateSpec: "1 metadata ObjectMeta, 2 spec JobSpec",
  LabelSelector: "1 matchLabels map, 2 matchExpressions Requirement[]",
  Namespace: "1 metadata ObjectMeta, 2 spec Empty, 3 - skipped",
  ObjectMeta: "1 name text, 2 generateName text, 3 namespace text, " +
    "4 - skipped, 5 uid text, 6 resourceVersion text, 7 - skipped, " +
    "8 - skipped, 11 labels map, 12 annotations map, " +
    "13 ownerReferences OwnerReference[]",
  OwnerReference: "1 kind text, 3 name text, 4 uid text, 5 apiVersion text, " +
    "6 controller bool, 7 blockOwnerDeletion bool",
  PodSpec: "2 containers Container[], 3 restartPolicy text, " +
    "4 terminationGracePeriodSeconds int?, 6 dnsPolicy text, " +
    "7 nodeSelector map, 8 serviceAccountName text, 9 serviceAccount text, " +
    "10 nodeName text, 11 hostNetwork bool, 12 hostPID bool, " +
    "13 hostIPC bool, 14 securityContext Empty, 16 hostname text, " +
    "17 subdomain text, 19 schedulerName text, 24 priorityClassName text",
  PodTemplateSpec: "1 metadata ObjectMeta, 2 spec PodSpec",
  PolicyRule: "1 verbs text[], 2 apiGroups text[], 3 resources text[], " +
    "4 resourceNames text[], 5 nonResourceURLs text[]",
  Requirement: "1 key text, 2 operator text, 3 values text[]",
  Role: "1 metadata ObjectMeta, 2 rules PolicyRule[]",
  RoleBinding: "1 metadata ObjectMeta, 2 subjects Subject[], 3 roleRef RoleRef",
  RoleRef: "1 apiGroup text, 2 kind text, 3 name text",
  Secret: "1 metadata ObjectMeta, 2 data bytemap, 3 type text, " +
    "4 stringData map, 5 immutable bool",
  Service: "1 metadata ObjectMeta, 2 spec ServiceSpec, 3 - skipped",
  ServiceAccount: "1 metadata ObjectMeta",
  ServicePort: "1 name text, 2 protocol text, 3 port int, " +
    "4 targetPort intOrText, 5 nodePort int, 6 appProtocol text",
  ServiceSpec: "1 ports ServicePort[], 2 selector map, 3 clusterIP text, " +
    "4 type text, 5 externalIPs text[], 7 sessionAffinity text, " +
    "8 loadBalancerIP text, 10 externalName text, " +
    "11 externalTrafficPolicy text, 12 healthCheckNodePort int, " +
    "13 publishNotReadyAddresses bool",
  Subject: "1 kind text, 2 apiGroup text, 3 name text, 4 namespace text",
  TypeMeta: "1 apiVersion text, 2 kind text",
  Unknown: "1 typeMeta TypeMeta, 2 raw bytes, 3 - skipped, 4 - skipped",
};

const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/** The most levels of messages; what is known has fewer. */
const MAX_DEPTH = 10;

/**
 * Reads an object in Kubernetes' protobuf envelope.
 *
 * @returns Null for bytes that are no such object, or one with a field that is
 * not known here: nothing may be lost.
 */
export function readProtobuf(body: Bytes): Fields | null {
  if (!MAGIC.every((byte, index) => body[index] === byte)) return null;
  const envelope = readMessage("Unknown", body.subarray(MAGIC.length), 0);
  const { typeMeta, raw } = envelope ?? {};
  if (!(raw instanceof Uint8Array) || typeof typeMeta !== "object") return null;
  const { apiVersion, kind } = typeMeta as Fields;
  if (typeof kind !== "string" || kind in HELPERS) return null;
  const object = readMessage(kind, raw as Bytes, 0);
  return object && { apiVersion, kind, ...object };
}

/** Messages that are no objects. */
const HELPERS: Readonly<Record<string, true>> = {
  Empty: true,
  TypeMeta: true,
  Unknown: true,
};

function readMessage(type: string, bytes: Bytes, depth: number): Fields | null {
  if (!Object.hasOwn(MESSAGES, type) || depth > MAX_DEPTH) return null;
  const known = fieldsOfMessage(type);
  const message: Fields = {};
  for (const part of partsOf(bytes)) {
    const field = part && known.get(part.number);
    if (!field) return null;
    const value = readValue(field.type, part.value, depth);
    if (value === null) return null;
    if (field.name === "-" || isUnset(field, value)) continue;
    addValue(message, field, value);
  }
  return message;
}

function isUnset({ type, isList }: Field, value: unknown): boolean {
  if (isList) return false;
  return value === "" || value === false || value === 0 && type === "int";
}

function addValue(message: Fields, field: Field, value: unknown): void {
  const { name, type, isList } = field;
  const before = message[name];
  if (isList) message[name] = [...before as unknown[] ?? [], value];
  else if (type.endsWith("map")) {
    const map = (before ?? {}) as Fields;
    const { key, value: text } = value as { key: string; value: string };
    setOwnField(map, key, text);
    message[name] = map;
  } else message[name] = value;
}

/** @returns Null for a value that is not of the type. */
function readValue(type: string, value: number | Bytes, depth: number) {
  if (type === "skipped") return "";
  if (typeof value === "number") {
    if (type === "int" || type === "int?") return value;
    return type === "bool" ? value !== 0 : null;
  }
  switch (type) {
    case "text":
      return decodeText(value);
    case "bytes":
      return value;
    case "map":
      return readEntry(value, decodeText);
    case "intOrText":
      return readIntOrText(value);
    case "bytemap":
      return readEntry(value, encodeBase64);
    case "int":
    case "int?":
    case "bool":
      return null;
  }
  return readMessage(type, value, depth + 1);
}

/** The message IntOrString. */
function readIntOrText(bytes: Bytes): number | string | null {
  let [isText, int, text] = [false, 0, ""];
  for (const part of partsOf(bytes)) {
    if (part === null) return null;
    const { number, value } = part;
    if (number === 1) isText = value !== 0;
    else if (number === 2 && typeof value === "number") int = value;
    else if (number === 3 && typeof value !== "number") {
      text = decodeText(value);
    } else return null;
  }
  return isText ? text : int;
}

function readEntry(bytes: Bytes, convert: (bytes: Bytes) => string) {
  const entry = { key: "", value: "" };
  for (const part of partsOf(bytes)) {
    if (part === null || typeof part.value === "number") return null;
    if (part.number === 1) entry.key = decodeText(part.value);
    else if (part.number === 2) entry.value = convert(part.value);
    else return null;
  }
  return entry;
}

/** A field as it was sent: a varint, or bytes. */
interface Part {
  readonly number: number;
  readonly value: number | Bytes;
}

/** The fields of a message; null ends one that cannot be read. */
function* partsOf(bytes: Bytes): Generator<Part | null, void> {
  let at = 0;
  const varint = (): number | null => {
    let value = 0;
    for (let scale = 1; at < bytes.byteLength; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) return null;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.byteLength) {
    const tag = varint();
    const value = tag === null ? null : varint();
    if (tag === null || value === null) return yield null;
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) yield { number, value };
    else if (tag % 8 === 2 && at + value <= bytes.byteLength) {
      yield { number, value: bytes.subarray(at, at += value) };
    } else return yield null;
  }
}

const parsed = new Map<string, ReadonlyMap<number, Field>>();

function fieldsOfMessage(message: string): ReadonlyMap<number, Field> {
  let fields = parsed.get(message);
  if (fields === undefined) {
    const list = MESSAGES[message]!.split(", ").filter(Boolean);
    fields = new Map(list.map((field) => {
      const [number, name = "", type = ""] = field.split(" ");
      const isList = type.endsWith("[]");
      return [Number(number), { name, type: type.replace("[]", ""), isList }];
    }));
    parsed.set(message, fields);
  }
  return fields;
}
