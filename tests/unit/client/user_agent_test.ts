import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { webTransport } from "../../../src/adapters/web/mod.ts";
import {
  type ClientOptions,
  createClient,
} from "../../../src/client/create_client.ts";
import type { Client } from "../../../src/client/client.ts";
import { HandshakeError } from "../../../src/errors.ts";
import { defaultUserAgent } from "../../../src/platform/user_agent.ts";
import { VERSION } from "../../../src/version.ts";
import { test } from "../../harness.ts";
import { runtime } from "../../harness/runtime.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { userAgents } from "../../support/user_agents.ts";

const get = { method: "GET", path: "/version" };
const upgrade = {
  path: "/exec",
  query: new URLSearchParams(),
  protocols: ["v4.channel.k8s.io"],
};
const DEFAULT = new RegExp(
  `^podwire/${VERSION} \\(${runtime}/\\d+\\.\\d+\\S*\\)$`,
);

/** The `User-Agent` headers that a server receives from a client. */
function userAgentsOf(
  options: (url: string) => ClientOptions,
  body: (client: Client) => Promise<unknown>,
): Promise<(string | null)[]> {
  return userAgents(async (url) => {
    const given = { server: url, proxy: null, ...options(url) };
    const client = await createClient(given);
    try {
      await body(client);
    } finally {
      await client.close();
    }
  });
}

async function send(client: Client, headers = {}): Promise<void> {
  await assertRejects(() => client.request({ ...get, headers }));
}

async function connect(client: Client): Promise<void> {
  await assertRejects(() => client.connect(upgrade), HandshakeError);
}

test("User-Agent: every request and upgrade has one by default", async () => {
  const seen = await userAgentsOf(() => ({}), async (client) => {
    await send(client);
    await connect(client);
  });
  assertEquals(seen.length, 2);
  for (const it of seen) assertMatch(it ?? "", DEFAULT);
  assertMatch(defaultUserAgent("tool") ?? "", /^tool\/\d/);
});

test("User-Agent: the option replaces it, and the request's own header both", async () => {
  const seen = await userAgentsOf(
    () => ({ userAgent: "me/1 (x)" }),
    async (client) => {
      await send(client);
      await connect(client);
      await send(client, { "user-agent": "own/2" });
      await send(client, { "User-Agent": "own/3" });
    },
  );
  assertEquals(seen, ["me/1 (x)", "me/1 (x)", "own/2", "own/3"]);
});

test("User-Agent: the web transport sends it by fetch, and leaves it out of a WebSocket", async () => {
  const seen = await userAgentsOf(
    () => ({ transport: webTransport(), userAgent: "me/1" }),
    (client) => send(client),
  );
  assertEquals(seen, ["me/1"]);
  const fake = new FakeTransport(undefined, { headers: false });
  const client = await createClient({
    server: "https://server.test",
    transport: fake,
    userAgent: "me/1",
  });
  await client.connect(upgrade);
  assertEquals(fake.upgrades[0]?.headers, {});
});

test("User-Agent: an HTTP proxy gets it with CONNECT", async () => {
  const seen = await userAgentsOf(
    (proxy) => ({ server: "http://server.test", proxy, userAgent: "me/1" }),
    async (client) => {
      await send(client);
      await assertRejects(() => client.connect(upgrade));
    },
  );
  assertEquals(seen, ["me/1", "me/1"]);
});

test("User-Agent: what cannot be sent is a TypeError, before anything is sent", async () => {
  const bad = ["", " ", "a\r\nx: y", "a\n", "é", " a", "a ", 1, null, "a\tb"];
  for (const userAgent of bad) {
    await assertRejects(
      () => createClient({ server: "https://a", userAgent } as ClientOptions),
      TypeError,
      'the option "userAgent" must be',
    );
  }
});

test("User-Agent: a page leaves it to the browser, unless it is given", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", {
    value: { userAgent: "Mozilla/5.0 (X11; Linux x86_64)" },
    configurable: true,
    writable: true,
  });
  try {
    assertEquals(defaultUserAgent(), null);
    const transport = new FakeTransport();
    const server = "https://server.test";
    for (const userAgent of [undefined, "me/1"]) {
      const client = await createClient({ server, transport, userAgent });
      await (await client.request(get)).body.cancel();
    }
    assertEquals(
      transport.requests.map(({ headers }) => headers["user-agent"]),
      [undefined, "me/1"],
    );
  } finally {
    if (own) Object.defineProperty(globalThis, "navigator", own);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
});
