import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ClusterClient } from "../../../src/client/cluster_client.ts";
import { ResolvedConfig } from "../../../src/config/cluster_config.ts";
import { fixedCredentials } from "../../../src/config/credentials.ts";
import type { ClusterOptions } from "../../../src/config/cluster_options.ts";
import {
  ApiError,
  ConfigurationError,
  ConnectError,
  HandshakeError,
} from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeBody } from "../../support/fake_body.ts";
import { fakeClient } from "../../support/fake_client.ts";
import {
  FakeTransport,
  json,
  never,
  text,
} from "../../support/fake_transport.ts";
import { CERTIFICATE, KEY } from "../../support/pem.ts";
import { rejection } from "../../support/async.ts";

const get = { method: "GET", path: "/api/v1/nodes" };
const upgrade = {
  path: "/api/v1/namespaces/team/pods/web-0/exec",
  query: new URLSearchParams(),
  protocols: ["v5.channel.k8s.io"],
  signal: new AbortController().signal,
};

/** A server that knows one token, over HTTP and for upgrades. */
function guarded(good: string, capabilities = {}): FakeTransport {
  const knows = (headers: Readonly<Record<string, unknown>>) =>
    headers.authorization === `Bearer ${good}`;
  const transport = new FakeTransport(
    ({ headers }) => knows(headers) ? text("pong") : json({}, 401),
    capabilities,
  );
  transport.refusal = ({ headers }) =>
    knows(headers)
      ? null
      : new HandshakeError("Cannot upgrade: 401", { httpStatus: 401 });
  return transport;
}

/** A client whose tokens are t1, t2, ... */
function counting(
  transport: FakeTransport,
): { client: ClusterClient; asked: () => number } {
  let asked = 0;
  const token = () => Promise.resolve(`t${++asked}`);
  return {
    client: fakeClient(transport, {}, { token }),
    asked: () => asked,
  };
}

function sent(transport: FakeTransport): unknown[] {
  return [...transport.requests, ...transport.upgrades]
    .map(({ headers }) => headers.authorization);
}

test("a request that is refused with 401 is sent once more, as it was, with fresh credentials", async () => {
  const transport = guarded("t2");
  const { client } = counting(transport);
  const body = new Uint8Array([1, 2, 3]);
  const response = await client.request({ ...get, method: "POST", body });
  assertEquals(await new Response(response.body).text(), "pong");
  assertEquals(sent(transport), ["Bearer t1", "Bearer t2"]);
  const [first, second] = transport.requests;
  assertEquals(second?.url, first?.url);
  assertEquals(second?.method, "POST");
  assertEquals(second?.body, body);
});

test("an upgrade that is refused with 401 is tried once more with fresh credentials", async () => {
  const transport = guarded("t2");
  const { client } = counting(transport);
  const connection = await client.connect(upgrade);
  assertEquals(connection.protocol, "v5.channel.k8s.io");
  assertEquals(sent(transport), ["Bearer t1", "Bearer t2"]);
});

test("a second 401 is the error of the call", async () => {
  const transport = guarded("none");
  const { client, asked } = counting(transport);
  const error = await assertRejects(() => client.request(get), ApiError);
  assertEquals(error.httpStatus, 401);
  await assertRejects(() => client.connect(upgrade), HandshakeError, "401");
  assertEquals(asked(), 4);
  assertEquals(sent(transport).length, 4);
});

test("a 401 is not retried without fresher credentials", async () => {
  const logins: Partial<ClusterOptions>[] = [
    { token: "fixed" },
    { token: () => Promise.resolve("same") },
    { token: undefined },
  ];
  for (const login of logins) {
    const transport = guarded("other");
    const client = fakeClient(transport, {}, login);
    await assertRejects(() => client.request(get), ApiError, "401");
    await assertRejects(() => client.connect(upgrade), HandshakeError, "401");
    assertEquals(sent(transport).length, 2);
  }
});

test("any other refusal asks for nothing", async () => {
  const transport = new FakeTransport(() => json({}, 403));
  transport.refusal = () => new HandshakeError("no", { httpStatus: 403 });
  const { client, asked } = counting(transport);
  await assertRejects(() => client.request(get), ApiError, "403");
  await assertRejects(() => client.connect(upgrade), HandshakeError);
  assertEquals(asked(), 2);
});

test("where the transport hides the answer, an upgrade is not tried again", async () => {
  const transport = new FakeTransport(undefined, { answer: false });
  transport.refusal = () =>
    new ConnectError("Cannot upgrade", { code: "UPGRADE_FAILED" });
  const { client, asked } = counting(transport);
  await assertRejects(() => client.connect(upgrade), ConnectError);
  assertEquals(asked(), 1);
});

test("a client certificate from the credentials is refused if the transport does not support it", async () => {
  const pair = { clientCertificate: CERTIFICATE, clientKey: KEY };
  const config = new ResolvedConfig({
    server: new URL("https://server.test"),
    tls: {},
    proxy: null,
    namespace: null,
    authenticator: fixedCredentials({ certificate: pair }),
  });
  const transport = new FakeTransport(undefined, { tls: false });
  const client = fakeClient(transport, { config });
  const calls = [() => client.request(get), () => client.connect(upgrade)];
  for (const call of calls) {
    await assertRejects(
      call,
      ConfigurationError,
      'the transport "fake" does not support clientCertificate, clientKey',
    );
  }
  assertEquals(sent(transport), []);
});

test("credentials that cannot be renewed fail the call with their own error", async () => {
  const transport = guarded("other");
  const answers = [Promise.resolve("old")];
  const token = () => answers.shift() ?? Promise.reject(new Error("sealed"));
  const client = fakeClient(transport, {}, { token });
  const error = await assertRejects(
    () => client.request(get),
    ConfigurationError,
    'Cannot get the option "token": it failed',
  );
  assertEquals((error.cause as Error).message, "sealed");
});

test("a renewal ends with the call's signal, and with the client", async () => {
  const answers = [Promise.resolve("old"), Promise.resolve("old")];
  const token = () => answers.shift() ?? new Promise<string>(() => {});
  const client = fakeClient(guarded("other"), {}, { token });
  const caller = new AbortController();
  const aborted = client.request({ ...get, signal: caller.signal });
  const pending = rejection<Error>(client.connect(upgrade));
  setTimeout(() => caller.abort("enough"), 5);
  assertEquals(await rejection(aborted), "enough");
  await client.close();
  assertStringIncludes((await pending).message, "the client is closed");
});

test("one clock covers both attempts", async () => {
  const transport = new FakeTransport(({ headers, signal }) =>
    headers.authorization === "Bearer t1" ? json({}, 401) : never(signal)
  );
  const { client } = counting(transport);
  await assertRejects(
    () => client.request({ ...get, timeout: 50 }),
    Error,
    "not done within 50 ms",
  );
  assertEquals(sent(transport), ["Bearer t1", "Bearer t2"]);
});

test("a refusal whose body never ends is an ApiError after a few seconds", async () => {
  const client = fakeClient(
    new FakeTransport(({ signal }) =>
      new FakeBody().write("no").answer(signal, 403)
    ),
  );
  const error = await assertRejects(() => client.request(get), ApiError);
  assertEquals(error.message, "Cannot GET /api/v1/nodes: 403: no");
});
