import type { ClusterClient } from "../../../src/client/cluster_client.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  type ClientOptions,
  createClient,
} from "../../../src/client/create_client.ts";
import { parseKubeconfig } from "../../../src/config/mod.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { assertHidden } from "../../support/secrets.ts";

const server = "https://server.test";
const transport = new FakeTransport();

test("createClient: the defaults", async () => {
  const client = await createClient({ server, transport });
  assertEquals(client.timeout, null);
  assertEquals((client as ClusterClient).keepAlive, {
    interval: 30_000,
    timeout: 60_000,
    activity: 60_000,
  });
  assertEquals((client as ClusterClient).protocol, "auto");
  assertEquals((client as ClusterClient).highWaterMark, 2 ** 20);
  assertEquals(client.namespace, null);
  assertEquals(client.transport, transport);
  assertEquals(
    (client as ClusterClient).config.server.href,
    "https://server.test/",
  );
});

test("createClient: options replace the defaults", async () => {
  const client = await createClient({
    server,
    transport,
    namespace: "team",
    timeout: 1000,
    keepAlive: false,
    highWaterMark: 4096,
  });
  assertEquals(client.timeout, 1000);
  assertEquals((client as ClusterClient).keepAlive, false);
  assertEquals((client as ClusterClient).highWaterMark, 4096);
  assertEquals(client.namespace, "team");
});

test("createClient: takes the runtime's transport by default, and sends nothing yet", async () => {
  const client = await createClient({ server: "https://127.0.0.1:1" });
  assertEquals(client.transport.capabilities.tls, true);
  await client.close();
});

test("createClient: the namespace option comes before the kubeconfig's", async () => {
  const kubeconfig = parseKubeconfig(JSON.stringify({
    "current-context": "x",
    clusters: [{ name: "c", cluster: { server } }],
    contexts: [
      { name: "x", context: { cluster: "c", namespace: "context" } },
      { name: "y", context: { cluster: "c" } },
    ],
  }));
  const namespaceOf = async (options: ClientOptions) =>
    (await createClient({ kubeconfig, transport, ...options })).namespace;
  assertEquals(await namespaceOf({ namespace: "option" }), "option");
  assertEquals(await namespaceOf({}), "context");
  assertEquals(await namespaceOf({ context: "y" }), "default");
});

const bad: [name: string, options: Record<string, unknown>][] = [
  ["timeout", { timeout: 0 }],
  ["timeout", { timeout: "5" }],
  ["timeout", { timeout: Infinity }],
  ["highWaterMark", { highWaterMark: 0 }],
  ["highWaterMark", { highWaterMark: 1.5 }],
  ["highWaterMark", { highWaterMark: null }],
  ["keepAlive", { keepAlive: true }],
  ["keepAlive", { keepAlive: null }],
  ["keepAlive", { keepAlive: { activity: null } }],
  ["protocol", { protocol: "v5.channel.k8s.io" }],
  ["protocol", { protocol: null }],
  ["keepAlive", { keepAlive: { interval: 0, timeout: 1000 } }],
  ["namespace", { namespace: "" }],
  ["transport", { transport: "web" }],
  ["transport", { transport: { name: "half", request() {} } }],
  ["kubeconfig", { server: undefined, kubeconfig: { s3cret: 1 } }],
  ["context", { server: undefined, context: "" }],
  ["server", { server: "nowhere" }],
];

test("createClient: a bad option is a ConfigurationError that names it", async () => {
  for (const [name, options] of bad) {
    const given = { server, token: "s3cret", transport, ...options };
    if (given.server === undefined) given.token = undefined as never;
    const error = await assertRejects(
      () => createClient(given as ClientOptions),
      ConfigurationError,
      `Cannot use the option "${name}"`,
    );
    assertHidden(error, ["s3cret"]);
  }
});

test("createClient: an unknown time of keepAlive is a TypeError", async () => {
  const keepAlive = { intervall: 1000 } as object;
  await assertRejects(
    () => createClient({ server, transport, keepAlive }),
    TypeError,
    'there is no option "intervall"; did you mean "interval"?',
  );
});

test("createClient: times of keepAlive that are absent have their defaults", async () => {
  const keepAlive = { activity: 5, timeout: undefined };
  const client = await createClient({ server, transport, keepAlive });
  assertEquals((client as ClusterClient).keepAlive, {
    interval: 30_000,
    timeout: 60_000,
    activity: 5,
  });
});

test("createClient: options that are not an object are a TypeError", async () => {
  for (const options of ["https://server.test", 7, null]) {
    await assertRejects(
      () => createClient(options as ClientOptions),
      TypeError,
      "Cannot create a client: the options must be an object",
    );
  }
});

test("createClient: an option that does not exist is a TypeError with a suggestion", async () => {
  const server = "https://server.test";
  const options = { server, tokn: "s3cret" } as ClientOptions;
  const error = await assertRejects(
    () => createClient(options),
    TypeError,
    'Cannot create a client: there is no option "tokn"; did you mean "token"?',
  );
  assertHidden(error, ["s3cret"]);
  await assertRejects(
    () => createClient({ contxt: "x" } as ClientOptions),
    TypeError,
    'did you mean "context"?',
  );
});

test("createClient: a server and a kubeconfig exclude each other", async () => {
  const server = "https://server.test";
  for (const other of [{ kubeconfig: "/k" }, { context: "x" }]) {
    await assertRejects(
      () => createClient({ server, ...other }),
      TypeError,
      `the options "server" and "${Object.keys(other)[0]}" exclude each other`,
    );
  }
});
