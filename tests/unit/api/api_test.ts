import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Api } from "../../../src/api/api.ts";
import { isRunning } from "../../../src/api/watch/predicates/pod_state.ts";
import { decodeText } from "../../../src/bytes.ts";
import { defineResource, type Resource } from "../../../src/client/resource.ts";
import { Deployment, Namespace, Pod } from "../../../src/client/resources.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  ProtocolError,
  SubresourceNotAvailableError,
} from "../../../src/errors.ts";
import type { HttpRequest } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { fakeClient } from "../../support/fake_client.ts";
import {
  type Answer,
  FakeTransport,
  json,
  never,
  text,
} from "../../support/fake_transport.ts";

const web: Pod = {
  metadata: { name: "web-0" },
  spec: { containers: [{ name: "main", image: "busybox" }] },
};

function podsOf(answer?: Answer) {
  const transport = new FakeTransport(answer);
  const client = fakeClient(transport);
  return { transport, client, pods: new Api(Pod, { client }) };
}

/** Method, path with query, media type and body of a request. */
function sent(request: HttpRequest | undefined) {
  assert(request);
  const { method, url, headers, body } = request!;
  return {
    line: `${method} ${url.pathname}${url.search}`,
    type: headers["content-type"],
    body: body === null ? null : JSON.parse(decodeText(body)),
  };
}

test("Api(Pod, client, namespace) with create, delete and the other verbs: each is the right request", async () => {
  const { transport, pods } = podsOf(() => json({ items: [] }));
  const base = "/prefix/api/v1/namespaces/team/pods";
  await pods.create(web);
  await pods.get("web-0");
  await pods.list({ labelSelector: "app=web,tier!=db", limit: 5 });
  await pods.delete("web-0", { gracePeriodSeconds: 0 });
  await pods.replace(web);
  await pods.patch("web-0", { metadata: { labels: { a: "b" } } });
  assertEquals(transport.requests.map((it) => sent(it).line), [
    `POST ${base}`,
    `GET ${base}/web-0`,
    `GET ${base}?labelSelector=app%3Dweb%2Ctier%21%3Ddb&limit=5`,
    `DELETE ${base}/web-0?gracePeriodSeconds=0`,
    `PUT ${base}/web-0`,
    `PATCH ${base}/web-0`,
  ]);
  const typed = { apiVersion: "v1", kind: "Pod", ...web };
  assertEquals(sent(transport.requests[0]).body, typed);
  assertEquals(sent(transport.requests[0]).type, "application/json");
  assertEquals(sent(transport.requests[4]).body, typed);
  assertEquals(
    sent(transport.requests[5]).type,
    "application/merge-patch+json",
  );
  assert(
    transport.requests.every((it) =>
      it.headers.accept === "application/json" &&
      it.headers.authorization === "Bearer s3cret"
    ),
  );
});

test("Api: the answer's object is the result, typed", async () => {
  const stored = { ...web, metadata: { name: "web-0", uid: "1" } };
  const { pods } = podsOf(() => json(stored, 201));
  const created = await pods.create(web);
  assertEquals(created.metadata.name, "web-0");
  assertEquals(created.spec.containers[0]?.name, "main");
});

test("Api.list: a page, and the token of the next", async () => {
  const page = { metadata: { continue: "next" }, items: [web] };
  const { transport, pods } = podsOf(() => json(page));
  const list = await pods.list({ limit: 1, continue: "this" });
  assertEquals(list.items.map((it) => it.metadata.name), ["web-0"]);
  assertEquals(list.metadata.continue, "next");
  assertEquals(
    transport.requests[0]?.url.search,
    "?limit=1&continue=this",
  );
});

test("Api.list: the objects of every namespace with allNamespaces", async () => {
  const { transport, pods } = podsOf(() => json({ items: [] }));
  await pods.list({ allNamespaces: true });
  assertEquals(sent(transport.requests[0]).line, "GET /prefix/api/v1/pods");
  await assertRejects(
    () => pods.list({ allNamespaces: true, namespace: "one" }),
    TypeError,
    'Cannot list pods: all namespaces and "one" are asked for',
  );
});

test("Api.list: items have their apiVersion and kind, which servers leave out", async () => {
  const { client } = podsOf(() => json({ items: [web] }));
  const list = await new Api(Deployment, { client }).list();
  const [item] = list.items;
  assertEquals([item?.apiVersion, item?.kind], ["apps/v1", "Deployment"]);
});

test("Api: an answer that is JSON but not an object is a ProtocolError", async () => {
  for (const answer of [null, 42, "pod", [web]]) {
    const { pods } = podsOf(() => json(answer));
    for (const call of [() => pods.get("web-0"), () => pods.list()]) {
      await assertRejects(
        call,
        ProtocolError,
        "the answer is not a JSON object",
      );
    }
  }
});

test("Api.list: null items are an empty list, and another object is a ProtocolError", async () => {
  const others = [web, { metadata: null, items: [] }, {
    metadata: 1,
    items: [],
  }];
  const answers = [{ kind: "PodList", items: null }, ...others];
  const { pods } = podsOf(() => json(answers.shift()));
  assertEquals((await pods.list()).items, []);
  for (const _ of others) {
    await assertRejects(
      () => pods.list(),
      ProtocolError,
      'Cannot list pods in namespace "team": the answer is not a list',
    );
  }
});

test("Api.list: an invalid limit is a RangeError, and nothing is sent", async () => {
  const { transport, pods } = podsOf();
  for (const limit of [0, -1, 1.5, NaN]) {
    await assertRejects(() => pods.list({ limit }), RangeError, `${limit}`);
  }
  assertEquals(transport.requests.length, 0);
});

test("Api.patch: each type has its media type", async () => {
  const { transport, pods } = podsOf();
  await pods.patch("a", {}, { type: "strategic" });
  await pods.patch("a", [{ op: "remove", path: "/x" }], { type: "json" });
  await pods.patch("a", { spec: {} }, {
    type: "apply",
    fieldManager: "me",
    force: true,
  });
  assertEquals(transport.requests.map((it) => sent(it).type), [
    "application/strategic-merge-patch+json",
    "application/json-patch+json",
    "application/apply-patch+yaml",
  ]);
  assertEquals(
    transport.requests[2]?.url.search,
    "?fieldManager=me&force=true",
  );
  assertEquals(sent(transport.requests[2]).body, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a" },
    spec: {},
  });
  await assertRejects(
    () => pods.patch("a", {}, { type: "diff" as "merge" }),
    TypeError,
    'there is no patch type "diff"',
  );
  await assertRejects(
    () => pods.patch("a", {}, { type: "apply", fieldManager: "" }),
    TypeError,
    "Cannot apply: no fieldManager is given",
  );
});

test("Api: dryRun, fieldManager and fieldValidation go with every write", async () => {
  const { transport, pods } = podsOf();
  const options = {
    dryRun: true,
    fieldManager: "me",
    fieldValidation: "Strict",
  } as const;
  await pods.create(web, options);
  await pods.replace(web, options);
  await pods.patch("web-0", {}, options);
  const query = "?fieldManager=me&fieldValidation=Strict&dryRun=All";
  assertEquals(transport.requests.map(({ url }) => url.search), [
    query,
    query,
    query,
  ]);
});

test("Api: a status is written through its subresource", async () => {
  const { transport, pods } = podsOf();
  const options = { subresource: "status" } as const;
  await pods.replace({ ...web, status: { phase: "Failed" } }, options);
  await pods.patch("web-0", { status: { phase: "Failed" } }, options);
  const path = "/prefix/api/v1/namespaces/team/pods/web-0/status";
  assertEquals(transport.requests.map((it) => sent(it).line), [
    `PUT ${path}`,
    `PATCH ${path}`,
  ]);
  const { apiVersion, kind } = sent(transport.requests[0]).body;
  assertEquals([apiVersion, kind], ["v1", "Pod"]);
});

test("Api: every verb on an object takes a subresource", async () => {
  const { transport, pods } = podsOf();
  await pods.get("web-0", { subresource: "ephemeralcontainers" });
  await pods.patch("web-0", {}, { subresource: "resize" });
  const token = { spec: { audiences: ["me"] } };
  await pods.create(token, { subresource: "token", name: "web-0" });
  await pods.create({ metadata: { name: "web-0" } }, {
    subresource: "binding",
  });
  const path = "/prefix/api/v1/namespaces/team/pods/web-0";
  assertEquals(transport.requests.map((it) => sent(it).line), [
    `GET ${path}/ephemeralcontainers`,
    `PATCH ${path}/resize`,
    `POST ${path}/token`,
    `POST ${path}/binding`,
  ]);
  // They are of other kinds.
  assertEquals(sent(transport.requests[2]).body, token);
  for (
    const call of [
      () => pods.create(token, { subresource: "token" }),
      () => pods.create(token, { name: "web-0" } as never),
      () => pods.create(token, { name: "web-0", subresource: "" }),
      () => pods.get("web-0", { subresource: "" as never }),
    ]
  ) await assertRejects(call, TypeError);
  assertEquals(transport.requests.length, 4);
  const absent = { subresource: undefined, name: undefined };
  await pods.create(web, absent as never);
  assertEquals(
    sent(transport.requests[4]).line,
    "POST /prefix/api/v1/namespaces/team/pods",
  );
});

test("Api.scale: a merge patch of the Scale", async () => {
  const { transport, client } = podsOf();
  const deployments = new Api(Deployment, { client, namespace: "team" });
  const options = { dryRun: true, fieldManager: "me" };
  await deployments.scale("web", 0, options);
  const [request] = transport.requests;
  const path = "/prefix/apis/apps/v1/namespaces/team/deployments/web/scale";
  assertEquals(sent(request), {
    line: `PATCH ${path}?fieldManager=me&dryRun=All`,
    type: "application/merge-patch+json",
    body: { spec: { replicas: 0 } },
  });
  for (const replicas of [-1, 1.5, NaN, Infinity, "3" as never]) {
    const error = await rejection(
      deployments.scale("web", replicas),
      RangeError,
    );
    assertEquals(
      error.message,
      `Cannot scale deployments: ${replicas} replicas is not a whole number, at least 0`,
    );
  }
  await assertRejects(
    () => deployments.scale("web", 1, { replicas: 3 } as never),
    TypeError,
    'there is no option "replicas"',
  );
  assertEquals(transport.requests.length, 1);
});

test("Api.evict: an Eviction with the options of a deletion", async () => {
  const { transport, pods } = podsOf();
  await pods.evict("web-0");
  await pods.evict("web-0", {
    gracePeriodSeconds: 3,
    dryRun: true,
    preconditions: { uid: "1" },
    namespace: "other",
  });
  const [plain, checked] = transport.requests.map(sent);
  const path = "/prefix/api/v1/namespaces/team/pods/web-0/eviction";
  assertEquals(plain, {
    line: `POST ${path}`,
    type: "application/json",
    body: {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: "web-0" },
      deleteOptions: { apiVersion: "v1", kind: "DeleteOptions" },
    },
  });
  assertEquals(checked?.line, `POST ${path.replace("team", "other")}`);
  assertEquals(checked?.body.deleteOptions, {
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds: 3,
    dryRun: ["All"],
    preconditions: { uid: "1" },
  });
});

test("Api: evict and scale are of the resources that have them", () => {
  const { pods, client } = podsOf();
  const error = assertThrows(
    () => Reflect.get(pods, "scale"),
    SubresourceNotAvailableError,
  );
  assertEquals([error.kind, error.subresource], ["Pod", "scale"]);
  const deployments = new Api(Deployment, { client });
  assertThrows(
    () => Reflect.get(deployments, "evict"),
    SubresourceNotAvailableError,
    "Cannot use eviction on a Deployment",
  );
});

test("Api.delete: preconditions go into a body, with all other options", async () => {
  const { transport, pods } = podsOf();
  await pods.delete("web-0", { propagationPolicy: "Orphan", dryRun: true });
  await pods.delete("web-0", {
    gracePeriodSeconds: 3,
    dryRun: true,
    preconditions: { uid: "1", resourceVersion: "7" },
  });
  const [plain, checked] = transport.requests;
  assertEquals(plain?.url.search, "?propagationPolicy=Orphan&dryRun=All");
  assertEquals(plain?.body, null);
  assertEquals(checked?.url.search, "");
  assertEquals(sent(checked).body, {
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds: 3,
    dryRun: ["All"],
    preconditions: { uid: "1", resourceVersion: "7" },
  });
});

test("Api.deleteCollection: a selector or all: true is required", async () => {
  const { transport, pods } = podsOf();
  await pods.deleteCollection({ labelSelector: "app=web", dryRun: true });
  await pods.deleteCollection({ all: true, gracePeriodSeconds: 0 });
  const path = "DELETE /prefix/api/v1/namespaces/team/pods";
  assertEquals(transport.requests.map((it) => sent(it).line), [
    `${path}?dryRun=All&labelSelector=app%3Dweb`,
    `${path}?gracePeriodSeconds=0`,
  ]);
  const none = [undefined, {}, { labelSelector: "" }, {
    labelSelector: undefined,
  }];
  for (const options of none) {
    await assertRejects(
      () => pods.deleteCollection(options as unknown as { all: true }),
      TypeError,
      "Cannot delete pods: neither a selector nor all: true is given",
    );
  }
  assertEquals(transport.requests.length, 2);
});

test("Api: the namespace is the call's, else the Api's, else the client's", async () => {
  const { transport, client, pods } = podsOf();
  const own = new Api(Pod, { client, namespace: "api" });
  await own.get("a", { namespace: "call" });
  await own.get("a");
  await pods.get("a");
  assertEquals(
    transport.requests.map((it) => it.url.pathname.split("/").at(-3)),
    ["call", "api", "team"],
  );
});

test("Api: no namespace at all is a TypeError that names the action, and nothing is sent", async () => {
  const transport = new FakeTransport();
  const client = fakeClient(transport, { namespace: null });
  const pods = new Api(Pod, { client });
  await assertRejects(
    () => pods.get("web-0"),
    TypeError,
    'Cannot get pods "web-0": no namespace is given',
  );
  await assertRejects(
    () => pods.create(web),
    TypeError,
    "Cannot create pods: no namespace is given; " +
      "set it in the call, in new Api() or in createClient()",
  );
  assertEquals(transport.requests.length, 0);
});

test("Api: a cluster-scoped resource takes no namespace from the client, and refuses one", async () => {
  const { transport, client } = podsOf();
  await new Api(Namespace, { client }).get("team");
  assertEquals(
    sent(transport.requests[0]).line,
    "GET /prefix/api/v1/namespaces/team",
  );
  await assertRejects(
    () => new Api<Resource>(Namespace, { client, namespace: "team" }).get("a"),
    TypeError,
    'Cannot get namespaces: they have no namespace, and "team" was given',
  );
  const namespaces: Api<Resource> = new Api(Namespace, { client });
  await assertRejects(
    () => namespaces.list({ allNamespaces: true }),
    TypeError,
    "they have no namespace, and allNamespaces was given",
  );
});

test("Api: a missing name is a TypeError, not a request for the collection", async () => {
  const { transport, pods } = podsOf();
  for (const name of ["", undefined, null]) {
    const none = name as string;
    for (
      const call of [
        () => pods.get(none),
        () => pods.delete(none),
        () => pods.patch(none, {}),
        () => pods.replace({ ...web, metadata: { name: none } }),
      ]
    ) await assertRejects(call, TypeError, "no name is given");
  }
  assertEquals(transport.requests.length, 0);
});

test("Api: a target in place of a name is a TypeError before anything is sent", async () => {
  const { transport, pods } = podsOf();
  const name = "deployment/web";
  for (
    const call of [
      () => pods.get(name),
      () => pods.delete(name),
      () => pods.waitFor(name, isRunning),
      () => pods.waitForDeletion(name),
    ]
  ) await assertRejects(call, TypeError, 'the name contains "/"');
  assertEquals(transport.requests.length, 0);
});

test("Api: names are escaped", async () => {
  const { transport, pods } = podsOf();
  await pods.get("x?y#z");
  assertEquals(
    transport.requests[0]?.url.pathname,
    "/prefix/api/v1/namespaces/team/pods/x%3Fy%23z",
  );
});

test("Api: a refusal is an ApiError; 403 names the verb and the resource", async () => {
  const status = {
    kind: "Status",
    reason: "Forbidden",
    message: 'deployments.apps is forbidden: User "u" cannot list',
    code: 403,
  };
  const { client } = podsOf(() => json(status, 403));
  const error = await assertRejects(
    () => new Api(Deployment, { client }).list(),
    ApiError,
  );
  assertEquals(
    error.message,
    'Cannot list deployments in namespace "team": 403 Forbidden: ' +
      'deployments.apps is forbidden: User "u" cannot list ' +
      "(needs the right to list deployments.apps)",
  );
  assertEquals(error.httpStatus, 403);
  assertEquals(error.apiStatus?.reason, "Forbidden");
});

test("Api: an answer that is not JSON is a ProtocolError that names the action", async () => {
  const { pods } = podsOf(() => text("<html>welcome</html>"));
  await assertRejects(
    () => pods.get("web-0"),
    ProtocolError,
    'Cannot get pods "web-0" in namespace "team": the answer is not JSON',
  );
});

test("Api: the timeout covers the answer's body too", async () => {
  const { pods } = podsOf((request) => ({
    ...text(""),
    body: new ReadableStream({ pull: () => never(request.signal) }),
  }));
  await assertRejects(
    () => pods.get("web-0", { timeout: 20 }),
    CallTimeoutError,
    'Cannot get pods "web-0" in namespace "team": not done within 20 ms',
  );
});

test("Api: the signal's reason rejects a verb", async () => {
  const { pods } = podsOf((request) => never(request.signal));
  const signal = AbortSignal.abort("enough");
  let reason: unknown;
  await pods.get("web-0", { signal }).catch((error) => reason = error);
  assertEquals(reason, "enough");
});

test("Api: only resources with the marker expose exec, attach and logs, others throw on access", () => {
  const { client, pods } = podsOf();
  assertEquals(typeof pods.exec.run, "function");
  assertEquals(typeof pods.attach.stream, "function");
  assertEquals(typeof pods.logs.lines, "function");
  const deployments = new Api(Deployment, { client });
  const error = assertThrows(
    () => deployments.exec,
    SubresourceNotAvailableError,
  );
  assertEquals([error.kind, error.subresource], ["Deployment", "exec"]);
  assertThrows(() => deployments.attach, SubresourceNotAvailableError);
  assertThrows(
    () => deployments.logs,
    SubresourceNotAvailableError,
    "Cannot use log on a Deployment: it has no such subresource",
  );
});

test("Api: a resource defined with one marker has that subresource alone", () => {
  const { client } = podsOf();
  const definition = { version: "v1", kind: "Cell", plural: "cells" };
  const cells = new Api(defineResource({ ...definition, exec: true }), {
    client,
  });
  assertEquals(typeof cells.exec.run, "function");
  assertThrows(() => cells.attach, SubresourceNotAvailableError);
});

test("Api: without a resource or a client it is a TypeError", () => {
  const { client } = podsOf();
  assertThrows(
    () => new Api(undefined as unknown as typeof Pod, { client }),
    TypeError,
    "the resource is missing",
  );
  assertThrows(
    () => new Api(Pod, {} as { client: typeof client }),
    TypeError,
    "the client is missing",
  );
});

test("Api: an option that does not exist is a TypeError, and nothing is sent", async () => {
  const { client, transport, pods } = podsOf();
  const wrong = { selector: "app=web" } as object;
  const calls: [string, () => unknown][] = [
    ["create pods", () => pods.create(web, wrong)],
    ["get pods", () => pods.get("web-0", wrong)],
    ["list pods", () => pods.list(wrong)],
    ["list pods", () => pods.listAll(wrong)],
    ["watch pods", () => pods.watch(wrong)],
    ["delete pods", () => pods.delete("web-0", wrong)],
    ["replace pods", () => pods.replace(web, wrong)],
    ["patch pods", () => pods.patch("web-0", {}, wrong)],
    ["wait for pods", () => pods.waitFor("web-0", () => true, wrong)],
    ["get log", () => pods.logs.text("web-0", wrong)],
    ["get log", () => pods.logs.stream("web-0", wrong)],
    ["get log", () => pods.logs.lines("web-0", wrong)],
    ["make an Api", () => new Api(Pod, { client, ...wrong })],
  ];
  for (const [action, call] of calls) {
    const error = await assertRejects(async () => await call(), TypeError);
    assert(error.message.startsWith(`Cannot ${action}`), error.message);
    assert(error.message.includes('there is no option "selector"'));
  }
  const all = { all: true, labelSelectr: "app=web" } as const;
  await assertRejects(
    () => pods.deleteCollection(all),
    TypeError,
    'did you mean "labelSelector"?',
  );
  assertEquals(transport.requests, []);
});

test("Api: an error shows the frame that called", async () => {
  const { pods } = podsOf(() => json({ kind: "Status" }, 404));
  const calls = [
    async () => await pods.get("web-0"),
    async () => await pods.list(),
    async () => await pods.watch().next(),
    async () => await pods.logs.text("web-0"),
    async () => await pods.logs.lines("web-0").next(),
  ];
  for (const call of calls) {
    const { stack = "" } = await assertRejects(call, ApiError);
    assert(stack.includes("api_test"), stack);
  }
});

test("Api: a client that is a promise is refused, with a hint at await", () => {
  const { client } = podsOf();
  const promise = Promise.resolve(client) as unknown as typeof client;
  assertThrows(
    () => new Api(Pod, { client: promise }),
    TypeError,
    "Cannot make an Api: the client is a Promise; await createClient()",
  );
});

test("Api: an error of the connection names the action first", async () => {
  const transport = new FakeTransport(() => {
    throw new ConnectError("Cannot connect to 10.0.0.1:6443: refused", {
      code: "ECONNREFUSED",
    });
  });
  const pods = new Api(Pod, { client: fakeClient(transport) });
  const error = await assertRejects(() => pods.get("web-0"), ConnectError);
  assertEquals(
    error.message,
    'Cannot get pods "web-0" in namespace "team": ' +
      "cannot connect to 10.0.0.1:6443: refused",
  );
});
