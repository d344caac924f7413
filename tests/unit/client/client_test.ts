import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ClusterClient } from "../../../src/client/cluster_client.ts";
import {
  ApiError,
  CallTimeoutError,
  ConfigurationError,
  PodwireError,
} from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { fakeClient } from "../../support/fake_client.ts";
import {
  FakeTransport,
  json,
  never,
  text,
} from "../../support/fake_transport.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const get = { method: "GET", path: "/api/v1/nodes" };
const upgrade = {
  path: "/api/v1/namespaces/team/pods/web-0/exec",
  query: new URLSearchParams([["command", "a b"], ["command", "c&d"]]),
  protocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"],
  signal: new AbortController().signal,
};

test("Client.request: prefix, query, credentials, TLS and proxy reach the transport", async () => {
  const transport = new FakeTransport(() => text("pong"));
  const proxy = "http://user:pw@proxy:3128/";
  const client = fakeClient(transport, {}, {
    certificateAuthority: AUTHORITY,
    proxy,
  });
  const query = new URLSearchParams({ limit: "1" });
  const response = await client.request({ ...get, query });
  assertEquals(await new Response(response.body).text(), "pong");
  const [request] = transport.requests;
  assertEquals(
    request?.url.href,
    "https://server.test/prefix/api/v1/nodes?limit=1",
  );
  assertEquals(request?.headers, { authorization: "Bearer s3cret" });
  assertEquals(request?.tls, { certificateAuthority: AUTHORITY });
  assertEquals(request?.proxy?.href, proxy);
  assertEquals(request?.method, "GET");
  assertEquals(request?.body, null);
});

test("Client.connect: the same road, with the subprotocols as offered", async () => {
  const transport = new FakeTransport();
  const client = fakeClient(transport);
  const connection = await client.connect(upgrade);
  assertEquals(connection.protocol, "v5.channel.k8s.io");
  const [request] = transport.upgrades;
  assertEquals(
    request?.url.href,
    "https://server.test/prefix/api/v1/namespaces/team/pods/web-0/exec" +
      "?command=a+b&command=c%26d",
  );
  assertEquals(request?.protocols, upgrade.protocols);
  assertEquals(request?.headers, { authorization: "Bearer s3cret" });
  assertEquals(request?.tls, client.config.tls);
  assertEquals(request?.tls === client.config.tls, true);
});

test("Client: a token function is called once for each connection", async () => {
  let asked = 0;
  const transport = new FakeTransport();
  const token = () => Promise.resolve(`token-${++asked}`);
  const client = fakeClient(transport, {}, { token });
  await client.connect(upgrade);
  await client.connect(upgrade);
  assertEquals(
    transport.upgrades.map((it) => it.headers.authorization),
    ["Bearer token-1", "Bearer token-2"],
  );
});

test("Client.request: an answer that is not 2xx is an ApiError with the Status", async () => {
  const status = {
    kind: "Status",
    status: "Failure",
    reason: "NotFound",
    message: 'nodes "n" not found',
    code: 404,
  };
  const client = fakeClient(new FakeTransport(() => json(status, 404)));
  const error = await assertRejects(() => client.request(get), ApiError);
  assertEquals(
    error.message,
    'Cannot GET /api/v1/nodes: 404 NotFound: nodes "n" not found',
  );
  assertEquals(error.httpStatus, 404);
  assertEquals(error.reason, "NotFound");
  assertEquals(error.apiStatus, status);
});

test("Client.request: a plain-text refusal, or an empty one, is an ApiError without Status", async () => {
  const answers = [text("no such luck\n", 502), text("", 503)];
  const client = fakeClient(new FakeTransport(() => answers.shift()!));
  const plain = await assertRejects(() => client.request(get), ApiError);
  assertEquals(plain.message, "Cannot GET /api/v1/nodes: 502: no such luck");
  assertEquals(plain.apiStatus, null);
  assertEquals(plain.reason, "InternalError");
  const empty = await assertRejects(() => client.request(get), ApiError);
  assertEquals(empty.message, "Cannot GET /api/v1/nodes: 503");
  assertEquals(empty.reason, "ServiceUnavailable");
});

test("Client.request: JSON that is no Status is not taken for one", async () => {
  const answer = json({ message: "hello", reason: "Web" }, 400);
  const client = fakeClient(new FakeTransport(() => answer));
  const error = await assertRejects(() => client.request(get), ApiError);
  assertEquals(error.apiStatus, null);
  assertEquals(error.reason, "BadRequest");
});

test("Client.request: refusals differ by their reason, with and without a Status", async () => {
  const refusals: [code: number, verb: string, reason: string][] = [
    [400, "get", "BadRequest"],
    [401, "get", "Unauthorized"],
    [403, "get", "Forbidden"],
    [404, "get", "NotFound"],
    [405, "get", "MethodNotAllowed"],
    [408, "get", "Timeout"],
    [409, "update", "Conflict"],
    [409, "create", "AlreadyExists"],
    [410, "list", "Gone"],
    [418, "get", "Unknown"],
    [422, "create", "Invalid"],
    [429, "get", "TooManyRequests"],
    [500, "get", "InternalError"],
    [502, "get", "InternalError"],
    [503, "get", "ServiceUnavailable"],
    [504, "get", "Timeout"],
  ];
  for (const [code, verb, reason] of refusals) {
    const intent = { action: `${verb} pods`, verb, resource: "pods" };
    const bare = fakeClient(new FakeTransport(() => text("", code)));
    const derived = await assertRejects(
      () => bare.request({ ...get, description: intent }),
      ApiError,
      `Cannot ${verb} pods: ${code}`,
    );
    assertEquals([derived.httpStatus, derived.reason], [code, reason]);
    const status = { kind: "Status", reason: "Expired", message: "old" };
    const full = fakeClient(new FakeTransport(() => json(status, code)));
    const said = await assertRejects(
      () => full.request({ ...get, description: intent }),
      ApiError,
      `Cannot ${verb} pods: ${code} Expired: old`,
    );
    assertEquals([said.httpStatus, said.reason], [code, "Expired"]);
  }
});

test("Client.request: a refusal whose body breaks off is an ApiError all the same", async () => {
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error("reset")),
  });
  const answer = { ...text("", 409), body: broken };
  const client = fakeClient(new FakeTransport(() => answer));
  const error = await assertRejects(() => client.request(get), ApiError);
  assertEquals([error.httpStatus, error.reason], [409, "Conflict"]);
});

test("Client.request: a refusal whose body never ends is given up with the call", async () => {
  const transport = new FakeTransport(({ signal }) => ({
    ...text("", 500),
    body: new ReadableStream({
      start: (controller) =>
        never(signal).catch((reason) => controller.error(reason)),
    }),
  }));
  const client = fakeClient(transport);
  await assertRejects(
    () => client.request({ ...get, timeout: 20 }),
    CallTimeoutError,
  );
});

test("Client.request: a long refusal is quoted in part", async () => {
  const answer = text("x".repeat(100_000), 500);
  const client = fakeClient(new FakeTransport(() => answer));
  const error = await assertRejects(() => client.request(get), ApiError);
  assert(error.message.endsWith(`${"x".repeat(300)}...`));
  assert(error.message.length < 400);
});

test("Client.request: the timeout covers credentials and the answer's head", async () => {
  const silent = new FakeTransport((request) => never(request.signal));
  const late = fakeClient(silent, { timeout: 20 });
  const error = await assertRejects(() => late.request(get), CallTimeoutError);
  assertEquals(
    error.message,
    "Cannot GET /api/v1/nodes: not done within 20 ms",
  );
  assertEquals(error.timeout, 20);
  const token = () => new Promise<string>(() => {});
  const slow = fakeClient(new FakeTransport(), {}, { token });
  await assertRejects(
    () => slow.request({ ...get, timeout: 20 }),
    CallTimeoutError,
  );
});

test("Client.request: a call's own timeout replaces the client's, null is none", async () => {
  const transport = new FakeTransport(async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return json({});
  });
  const client = fakeClient(transport, { timeout: 5 });
  const response = await client.request({ ...get, timeout: null });
  assertEquals(await new Response(response.body).text(), "{}");
});

test("Client.request: a timeout that is none is a RangeError, before anything is sent", async () => {
  const transport = new FakeTransport();
  const client = fakeClient(transport);
  for (const timeout of [0, -1, NaN, Infinity, 2 ** 31, "5"]) {
    await assertRejects(
      () => client.request({ ...get, timeout: timeout as number }),
      RangeError,
      `Cannot use the timeout ${timeout}`,
    );
  }
  assertEquals(transport.requests.length, 0);
});

test("Client.request: the signal's reason rejects it, before and during the call", async () => {
  const transport = new FakeTransport((request) => never(request.signal));
  const client = fakeClient(transport);
  const reason = new Error("enough");
  const controller = new AbortController();
  const { signal } = controller;
  const pending = client.request({ ...get, signal });
  setTimeout(() => controller.abort(reason), 5);
  assertEquals(await assertRejects(() => pending), reason);
  const again = await assertRejects(() => client.request({ ...get, signal }));
  assertEquals(again, reason);
  assertEquals(transport.requests.length, 1);
});

test("missing support in the transport raises a configuration error at call time, not at import", async () => {
  const transport = new FakeTransport(undefined, { tls: false });
  const client = fakeClient(transport, {}, {
    certificateAuthority: AUTHORITY,
    proxy: "http://user:pr0xy@proxy:3128",
  });
  for (
    const call of [() => client.request(get), () => client.connect(upgrade)]
  ) {
    const error = await assertRejects(
      call,
      ConfigurationError,
      'the transport "fake" does not support certificateAuthority, proxy',
    );
    assertHidden(error, ["pr0xy", "MIIB"]);
  }
  assertEquals(transport.requests.length + transport.upgrades.length, 0);
});

test("Client: a transport without TLS options serves a configuration that has none", async () => {
  const transport = new FakeTransport(undefined, { tls: false });
  const response = await fakeClient(transport).request(get);
  assertEquals(response.status, 200);
  await response.body.cancel();
});

test("Client.close: closes live sessions once, then the transport", async () => {
  const transport = new FakeTransport();
  const client = fakeClient(transport);
  const closed: string[] = [];
  const session = (name: string) => ({
    close() {
      closed.push(`${name} with the transport at ${transport.closed}`);
      return Promise.resolve();
    },
  });
  client.adopt(session("kept"));
  const release = client.adopt(session("released"));
  client.adopt({ close: () => Promise.reject(new Error("broken")) });
  release();
  await Promise.all([client.close(), client.close()]);
  await client[Symbol.asyncDispose]();
  assertEquals(closed, ["kept with the transport at 0"]);
  assertEquals(transport.closed, 1);
});

test("Client: after close every call rejects, saying so", async () => {
  const transport = new FakeTransport();
  const client = fakeClient(transport);
  await client.close();
  for (
    const call of [() => client.request(get), () => client.connect(upgrade)]
  ) {
    await assertRejects(call, PodwireError, "the client is closed");
  }
  assertEquals(transport.requests.length + transport.upgrades.length, 0);
});

test("Client: no inspection shows a secret", async () => {
  const client: ClusterClient = fakeClient(new FakeTransport(), {}, {
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
    proxy: "http://user:pr0xy@proxy:3128",
  });
  assertHidden(client, ["s3cret", "MIIB", "pr0xy"]);
  const failing = fakeClient(new FakeTransport(() => text("no", 401)));
  const error = await assertRejects(() => failing.request(get), ApiError);
  assertHidden(error, ["s3cret"]);
});
