// Names and sizes in requests that could harm the process of the test.
import { assert, assertEquals } from "@std/assert";
import { encodeText } from "../../../../src/bytes.ts";
import { isRecord } from "../../../../src/json.ts";
import { ApiServer } from "../../../../src/testing/api_server/api_server.ts";
import { test } from "../../../harness.ts";
import { macrotask } from "../../../support/async.ts";
import { SeededRandom } from "../../../support/seeded_random.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const APPLY = "application/apply-patch+yaml";
const INHERITED = ["__proto__", "constructor", "toString", "hasOwnProperty"];

// deno-lint-ignore no-explicit-any
type Json = any;

interface Answer {
  readonly status: number;
  readonly json: Json;
}

function openApi() {
  const api = new ApiServer({
    runtime: {
      start() {
        throw new Error("no containers");
      },
    },
    dial: () => Promise.reject(new Error("no ports")),
    users: null,
    startupDelay: 0,
    protocols: [],
    resources: [],
    controllers: true,
    namespaces: ["default"],
  });
  const send = (
    method: string,
    path: string,
    body = "",
    type = "application/json",
  ): Answer => {
    const response = api.handle({
      method,
      url: new URL(`http://memory${path}`),
      headers: new Headers({ "content-type": type }),
      body: encodeText(body),
      clientCertificate: null,
    });
    if (response.kind !== "body") throw new Error("the response is a stream");
    return { status: response.status, json: JSON.parse(String(response.body)) };
  };
  return Object.assign(send, { close: () => api.close() });
}

/** A server with the config map `a`. */
function openMap(data = "{}") {
  const send = openApi();
  const map = `{"metadata":{"name":"a","labels":{"x":"1"}},"data":${data}}`;
  assertEquals(send("POST", MAPS, map).status, 201);
  return send;
}

function nested(levels: number): string {
  return '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
}

test("hostile requests: a selector on an inherited name selects nothing", () => {
  const send = openMap();
  const count = (selector: string) =>
    send("GET", `${MAPS}?labelSelector=${encodeURIComponent(selector)}`)
      .json.items.length;
  assertEquals([count("x"), count("!x"), count("x=1")], [1, 0, 1]);
  for (const name of INHERITED) {
    assertEquals([count(name), count(`!${name}`)], [0, 1], name);
    assertEquals([count(`${name}=1`), count(`${name}!=1`)], [0, 1], name);
    assertEquals(count(`${name} in (1)`), 0, name);
  }
});

test("hostile requests: inherited names are fields like others in every patch", () => {
  for (const name of INHERITED) {
    const patch = `{"data":{"${name}":{"polluted":"yes"}}}`;
    for (
      const [type, body] of [
        [MERGE, patch],
        [STRATEGIC, patch],
        [
          JSON_PATCH,
          `[{"op":"add","path":"/data/${name}","value":{"polluted":"yes"}}]`,
        ],
        [APPLY, `{"kind":"ConfigMap",${patch.slice(1)}`],
      ] as const
    ) {
      const send = openMap();
      const path = `${MAPS}/a?fieldManager=me`;
      const { status, json } = send("PATCH", path, body, type);
      assertEquals(status, 200, `${type} ${name}`);
      assertEquals(Object.keys(json.data), [name]);
      assertEquals(({} as Json).polluted, undefined);
      const other = `{"kind":"ConfigMap","data":{}}`;
      assertEquals(send("PATCH", path, other, APPLY).status, 200);
    }
  }
});

test("hostile requests: apply removes no field of a prototype", () => {
  const send = openApi();
  const path = `${MAPS}/a?fieldManager=me`;
  const first = '{"kind":"ConfigMap","data":' +
    '{"__proto__":{"propertyIsEnumerable":1,"hasOwnProperty":1}}}';
  assertEquals(send("PATCH", path, first, APPLY).status, 201);
  const second = '{"kind":"ConfigMap","data":{}}';
  const { status, json } = send("PATCH", path, second, APPLY);
  assertEquals([status, Object.keys(json.data)], [200, ["__proto__"]]);
  assert(Object.hasOwn(Object.prototype, "propertyIsEnumerable"));
  assert(Object.hasOwn(Object.prototype, "hasOwnProperty"));
});

test("hostile requests: random patches with inherited names, 500 of each type", () => {
  const random = new SeededRandom(7);
  const names = [...INHERITED, "a", "$patch", "finalizers", "containers"];
  const value = (depth: number): string => {
    const kind = depth === 0 ? 0 : random.below(4);
    if (kind === 0) {
      return random.pick(["null", "1", '"delete"', '"replace"', "true"]);
    }
    const items = Array.from({ length: random.below(3) });
    if (kind === 1) return `[${items.map(() => value(depth - 1)).join()}]`;
    const fields = items.map(() =>
      `"${random.pick(names)}":${value(depth - 1)}`
    );
    return `{${fields.join()}}`;
  };
  const before = Object.getOwnPropertyNames(Object.prototype);
  const operation = () => {
    const path = Array.from(
      { length: 1 + random.below(3) },
      () => `/${random.pick(["data", "metadata", "0", "-", ...names])}`,
    ).join("");
    const op = random.pick([
      "add",
      "remove",
      "replace",
      "copy",
      "move",
      "test",
    ]);
    return `{"op":"${op}","path":"${path}","from":"/data","value":${value(3)}}`;
  };
  const send = openMap('{"a":{"b":["c"]}}');
  for (let round = 0; round < 500; round++) {
    for (const type of [MERGE, STRATEGIC, JSON_PATCH, APPLY]) {
      const body = type === JSON_PATCH
        ? `[${operation()},${operation()}]`
        : `{"kind":"ConfigMap","data":${value(4)},"binaryData":${value(3)}}`;
      const path = `${MAPS}/a?fieldManager=${random.pick(["me", "you"])}`;
      const { status } = send("PATCH", path, body, type);
      assert([200, 400, 409, 422].includes(status), `${status}: ${body}`);
    }
  }
  assertEquals(Object.getOwnPropertyNames(Object.prototype), before);
});

test("hostile requests: bodies that are nested too deeply are a 400", () => {
  const deep = nested(30_000);
  const send = openMap();
  const created = `{"metadata":{"name":"b"},"data":${deep}}`;
  const applied = `{"kind":"ConfigMap","data":${deep}}`;
  const added = `[{"op":"add","path":"/data/a","value":${deep}}]`;
  const answers = [
    send("POST", MAPS, created),
    send("PUT", `${MAPS}/a`, created),
    send("PATCH", `${MAPS}/a`, created, MERGE),
    send("PATCH", `${MAPS}/a`, created, STRATEGIC),
    send("PATCH", `${MAPS}/a?fieldManager=me`, applied, APPLY),
    send("PATCH", `${MAPS}/a`, added, JSON_PATCH),
    send("DELETE", `${MAPS}/a`, deep),
  ];
  for (const { status, json } of answers) {
    assertEquals([status, json.reason], [400, "BadRequest"]);
    assert(json.message.includes("exceeded max depth"), json.message);
  }
  assertEquals(send("POST", MAPS, nested(900)).status, 422);
});

test("hostile requests: JSON patches cannot copy without bounds", () => {
  const send = openMap('{"a":"1"}');
  const copies = (count: number) =>
    JSON.stringify(
      Array.from({ length: count }, () => ({
        op: "copy",
        from: "/data",
        path: "/data/b",
      })),
    );
  const deep = send("PATCH", `${MAPS}/a`, copies(5_000), JSON_PATCH);
  assert([400, 422].includes(deep.status), `${deep.status}`);
  const many = send("PATCH", `${MAPS}/a`, copies(10_001), JSON_PATCH);
  assertEquals([many.status, many.json.reason], [413, "RequestEntityTooLarge"]);
  assertEquals(send("GET", `${MAPS}/a`).json.data, { a: "1" });
});

test("hostile requests: managedFields are written by apply alone", () => {
  const send = openApi();
  const managed = '"managedFields":[{"manager":"x","fieldsV1":{"f:a":{}}}]';
  const refused = send(
    "PATCH",
    `${MAPS}/a?fieldManager=me`,
    `{"kind":"ConfigMap","metadata":{${managed}}}`,
    APPLY,
  );
  assertEquals(
    [refused.status, refused.json.message],
    [400, "metadata.managedFields must be nil"],
  );
  const map = `{"metadata":{"name":"a",${managed}}}`;
  const created = send("POST", MAPS, map).json;
  assertEquals(created.metadata.managedFields, undefined);
  const applied = send(
    "PATCH",
    `${MAPS}/a?fieldManager=me`,
    '{"kind":"ConfigMap","data":{"a":"1"}}',
    APPLY,
  ).json;
  const kept = send("PUT", `${MAPS}/a`, map).json;
  assertEquals(kept.metadata.managedFields, applied.metadata.managedFields);
  const cleared = '{"metadata":{"name":"a","managedFields":[{}]}}';
  const { metadata } = send("PUT", `${MAPS}/a`, cleared).json;
  assert(isRecord(metadata) && metadata.managedFields === undefined);
});

test("hostile requests: a body of more than 3 MiB is a 413", () => {
  const send = openMap();
  const { status, json } = send("POST", MAPS, " ".repeat(3 * 2 ** 20 + 1));
  assertEquals([status, json.reason], [413, "RequestEntityTooLarge"]);
  assertEquals(
    json.message,
    "Request entity too large: limit is 3145728",
  );
});

test("hostile requests: containers of the wrong types are a 400", () => {
  const send = openApi();
  for (
    const [field, value, problem] of [
      [
        "command",
        "ls -la",
        "string into Go struct field Container.spec.X.command of type []string",
      ],
      [
        "args",
        [1],
        "array into Go struct field Container.spec.X.args of type []string",
      ],
      [
        "env",
        [null],
        "array into Go struct field Container.spec.X.env of type []v1.EnvVar",
      ],
      [
        "env",
        {},
        "object into Go struct field Container.spec.X.env of type []v1.EnvVar",
      ],
      [
        "workingDir",
        5,
        "number into Go struct field Container.spec.X.workingDir of type string",
      ],
      [
        "tty",
        "yes",
        "string into Go struct field Container.spec.X.tty of type bool",
      ],
    ] as const
  ) {
    const container = { name: "a", image: "b" };
    const wrong = { name: "c", image: "d", [field]: value };
    for (const list of ["containers", "initContainers"] as const) {
      const spec = { containers: [container], [list]: [wrong] };
      const { status, json } = send(
        "POST",
        "/api/v1/namespaces/default/pods",
        JSON.stringify({ metadata: { name: "a" }, spec }),
      );
      assertEquals(
        [status, json.message],
        [
          400,
          'Pod in version "v1" cannot be handled as a Pod: json: cannot ' +
          `unmarshal ${problem.replace("X", list)}`,
        ],
      );
    }
  }
});

test("hostile requests: a future version is a 504", () => {
  const send = openMap();
  for (const query of ["watch=true&resourceVersion=99", "resourceVersion=99"]) {
    const { status, json } = send("GET", `${MAPS}?${query}`);
    assertEquals([status, json.reason], [504, "Timeout"]);
    assertEquals(json.details, {
      causes: [{
        reason: "ResourceVersionTooLarge",
        message: "Too large resource version",
      }],
      retryAfterSeconds: 1,
    });
  }
});

/** An object that controllers act on, as JSON. */
function controlled(
  kind: string,
  field: string,
  value: unknown,
  name = "a",
): string {
  const labels = { app: "x" };
  const containers = [{ name: "main", image: "busybox" }];
  // Pods that would run need containers.
  const annotations = { "podwire.dev/unschedulable": "yes" };
  const template = { metadata: { labels, annotations }, spec: { containers } };
  const object: Json = {
    metadata: { name },
    spec: kind === "Service"
      ? { selector: labels }
      : { selector: { matchLabels: labels }, template },
  };
  const path = field.split(".");
  const last = path.pop()!;
  path.reduce((part, key) => part[key] ??= {}, object)[last] = value;
  return JSON.stringify(object);
}

const PATHS: Readonly<Record<string, string>> = {
  Deployment: "/apis/apps/v1/namespaces/default/deployments",
  Job: "/apis/batch/v1/namespaces/default/jobs",
  Service: "/api/v1/namespaces/default/services",
};

test("hostile requests: what controllers read has the right type, or is a 400", async () => {
  for (
    const [kind, field, ...values] of [
      ["Deployment", "metadata.ownerReferences", "x", {}, [null]],
      ["Deployment", "metadata.finalizers", "x", [1]],
      ["Deployment", "spec.replicas", "3", 1.5, {}],
      ["Deployment", "spec.selector.matchLabels", "x", [], { app: 1 }],
      ["Deployment", "spec.selector.matchExpressions", "x", {}, [null]],
      ["Job", "spec.parallelism", "x", 1.5, {}],
      ["Job", "spec.completions", "50%", true],
      ["Service", "spec.ports", "x", {}, [null]],
    ] as const
  ) {
    const send = openApi();
    const path = PATHS[kind]!;
    assertEquals(send("POST", path, controlled(kind, "x", 1)).status, 201);
    for (const value of values) {
      const body = controlled(kind, field, value);
      const other = controlled(kind, field, value, "b");
      const { status, json } = send("POST", path, other);
      assertEquals(status, 400, body);
      const last = field.split(".").at(-1);
      const problem = new RegExp(
        `json: cannot unmarshal \\w+ into Go struct field .*${last} of type `,
      );
      assert(problem.test(json.message), json.message);
      const patched = send("PATCH", `${path}/a`, body, MERGE);
      assertEquals(patched.status, 422, body);
    }
    // A controller that threw would end the test.
    await macrotask();
    await send.close();
  }
});

test("hostile requests: null is an absent value", async () => {
  for (
    const [kind, field] of [
      ["Deployment", "metadata.annotations"],
      ["Deployment", "metadata.ownerReferences"],
      ["Deployment", "spec.replicas"],
      ["Deployment", "spec.selector.matchExpressions"],
      ["Job", "spec.completions"],
      ["Service", "spec.ports"],
    ] as const
  ) {
    const send = openApi();
    const body = controlled(kind, field, null);
    assertEquals(send("POST", PATHS[kind]!, body).status, 201, body);
    await macrotask();
    assertEquals(send("PUT", `${PATHS[kind]}/a`, body).status, 200, body);
    await macrotask();
    const { json } = send("GET", `${PATHS[kind]}/a`);
    if (field === "spec.replicas") assertEquals(json.spec.replicas, 1);
    if (kind === "Job") {
      assertEquals([json.spec.completions, json.status.active], [1, 1]);
    }
    await send.close();
  }
});
