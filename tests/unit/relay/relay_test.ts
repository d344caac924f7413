// A relay on the runtime's own server, in front of the embedded cluster.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Api, ConnectionLostError, HandshakeError, Pod } from "../../../mod.ts";
import {
  RELAY_CLOSE_CODE,
  type RelayCall,
  type RelayEvent,
} from "../../../src/relay/mod.ts";
import { test } from "../../harness.ts";
import { delay, eventually, rejection } from "../../support/async.ts";
import { CAT, RawPage, type RawUpgrade } from "./raw_page.ts";
import { type Relayed, withRelay } from "./serve_relay.ts";

const EXEC = "/relay/api/v1/namespaces/default/pods/web-0/exec";

function refusalsIn(events: readonly RelayEvent[]) {
  return events.filter((it) => it.type === "refused");
}

/** Nothing is left of any page. */
async function nothingLeft({ relay, upstream }: Relayed): Promise<void> {
  await eventually(() => relay.connections === 0 && upstream() === 0);
}

test("relay: podwire in a page runs commands and a shell through it, nothing lost", async () => {
  await withRelay({}, async (relayed) => {
    const pods = new Api(Pod, { client: await relayed.page() });
    const input = crypto.getRandomValues(new Uint8Array(60_000));
    const stdin = new Uint8Array(30 * input.length);
    for (let i = 0; i < 30; i++) stdin.set(input, i * input.length);
    const copy = await pods.exec.run("web-0", { command: ["cat"], stdin });
    assertEquals(copy.stdout, stdin);
    const command = ["sh", "-c", "echo out; echo err >&2; exit 7"];
    const result = await pods.exec.run("web-0", { command });
    assertEquals(
      [result.exitCode, result.text(), result.stderrText()],
      [7, "out\n", "err\n"],
    );
    await nothingLeft(relayed);
    const ends = relayed.events.filter((it) => it.type === "end");
    assertEquals(ends.map(({ error }) => error), [null, null]);
    const [{ bytesFromPage, target }] = ends as [typeof ends[0]];
    assert(bytesFromPage > stdin.length, `${bytesFromPage}`);
    assertEquals(target?.pod, "web-0");
  });
});

test("relay: 15 pages leave in every way, and no connection to the cluster stays", async () => {
  const authorizing = Promise.withResolvers<void>();
  let waiting = 0;
  await withRelay({
    authorize: async (request) => {
      if (!request.url.includes("slow")) return true;
      waiting++;
      await authorizing.promise;
      return true;
    },
  }, async (relayed) => {
    const ways: Record<string, (page: RawPage) => void> = {
      "a Close frame": (page) => page.close(),
      "the end of the socket": (page) => page.socket.end(),
      "a reset": (page) => page.reset(),
      "the middle of a message": (page) => {
        page.socket.write(Uint8Array.of(0x82, 0xff, 0, 0, 0, 0));
        page.socket.destroy();
      },
      "a text message": (page) => {
        const typed = new TextEncoder().encode("s3cret");
        page.socket.write(Uint8Array.of(0x81, 0x86, 0, 0, 0, 0, ...typed));
      },
      "a frame that is none": (page) => {
        page.socket.write(new Uint8Array(20).fill(0xff));
      },
    };
    const kinds = [...Object.values(ways), ...Object.values(ways)];
    const pages = kinds.map(() => new RawPage(relayed.url));
    for (const page of pages) assertEquals(await page.status, 101);
    const slow = [1, 2, 3].map(() =>
      new RawPage(relayed.url, { path: `${CAT}&slow` })
    );
    await eventually(() => waiting === 3);
    assertEquals(relayed.upstream(), 12);
    for (const [at, page] of pages.entries()) {
      page.send("hello");
      kinds[at]!(page);
    }
    // Before the upgrade is answered.
    for (const page of slow) page.socket.destroy();
    await nothingLeft(relayed);
    assertEquals(relayed.upgrades.length, 12);
    authorizing.resolve();
    for (const page of [...pages, ...slow]) await page.closed;
    assertEquals(relayed.upgrades.length, 12);
    const reasons = refusalsIn(relayed.events).map(({ reason }) => reason);
    assertEquals(reasons, ["PageLeft", "PageLeft", "PageLeft"]);
    const ends = relayed.events.filter((it) => it.type === "end");
    const errors = ends.map(({ error }) => String(error)).join(", ");
    assert(/text frame/.test(errors) && !errors.includes("s3cret"), errors);
  });
});

test("relay: what is no upgrade of an allowed page runs nothing and asks nobody", async () => {
  let asked = 0;
  const authorize = () => ++asked > 0;
  await withRelay({ authorize }, async ({ url, upgrades }) => {
    const headers = (headers: RawUpgrade["headers"]) => ({ headers });
    const rows: [RawUpgrade, readonly number[]][] = [
      [headers({ origin: "https://evil.example" }), [403]],
      [headers({ origin: "https://ops.example.evil.example" }), [403]],
      [headers({ origin: "null" }), [403]],
      [headers({ origin: null }), [403]],
      [headers({ upgrade: null, connection: null }), [426]],
      [{ ...headers({ upgrade: null, connection: null }), method: "POST" }, [
        426,
      ]],
      [headers({ "sec-websocket-key": null }), [400]],
      [headers({ "sec-websocket-key": "short" }), [400]],
      [headers({ "sec-websocket-version": "8" }), [426, 400]],
      [headers({ "sec-websocket-protocol": null }), [400]],
      [headers({ "sec-websocket-protocol": "chat" }), [400]],
      [{ path: "/relay/api/v1/namespaces/default/secrets/one" }, [404]],
      [{ path: EXEC.replace("exec", "portforward?ports=80") }, [404]],
      [{ path: EXEC.replace("web-0", "..%2fsecrets") }, [404]],
      [{ path: EXEC.replace("/relay", "") }, [404]],
      [{ path: `//evil.example${EXEC}` }, [404]],
    ];
    for (const [upgrade, statuses] of rows) {
      const page = new RawPage(url, upgrade);
      const status = await page.status;
      assert(statuses.includes(status), `${status} ${JSON.stringify(upgrade)}`);
      page.socket.destroy();
      await page.closed;
    }
    assertEquals([asked, upgrades], [0, []]);
  });
});

test("relay: authorize decides what a page may do, and may replace what it asks for", async () => {
  const calls: RelayCall[] = [];
  const answers: Record<string, unknown> = {
    "": undefined,
    no: false,
    nobody: null,
    "a word": "yes",
    "a misspelt field": { commnd: ["true"] },
    "a pod that is none": { pod: "../web-0" },
    "a signal that is none": { signal: "logged out" },
    alice: { user: "alice", command: ["echo", "instead"] },
  };
  await withRelay({
    authorize(request, call) {
      calls.push(call);
      const name = request.headers.get("cookie") ?? "";
      if (name === "failing") throw new Error("the secret database is down");
      return answers[name] as boolean;
    },
  }, async (relayed) => {
    const { url, upgrades, events } = relayed;
    const path = `${EXEC}?command=rm&command=-rf&container=main&stdout=1` +
      "&tty=false&container=other&unknown=1";
    const open = (cookie: string) =>
      new RawPage(url, { path, headers: { cookie } });
    for (const name of [...Object.keys(answers).slice(0, -1), "failing"]) {
      const page = open(name);
      const expected = /field|none|failing/.test(name) ? 500 : 403;
      assertEquals(await page.status, expected, name);
      page.socket.destroy();
      await page.closed;
      assertEquals(page.response.includes("secret"), false);
    }
    assertEquals(upgrades, []);
    assertEquals(calls[0], {
      subresource: "exec",
      namespace: "default",
      pod: "web-0",
      container: "main",
      command: ["rm", "-rf"],
      ports: [],
      stdin: false,
      stdout: true,
      stderr: false,
      tty: false,
    });
    const page = open("alice");
    await page.closed;
    const texts = page.messages.map((it) => new TextDecoder().decode(it));
    assert(texts.includes("\x01instead\n"), `${texts}`);
    assertEquals(events.at(-1)?.user, "alice");
    assertEquals(JSON.stringify(events).includes("instead"), false);
    await nothingLeft(relayed);
  });
});

test("relay: limits of connections, for all and for a user, also while they open", async () => {
  const user = (request: Request) => request.headers.get("cookie")!;
  await withRelay({
    maxConnections: 4,
    maxConnectionsPerUser: 2,
    authorize: async (request) => {
      await Promise.resolve();
      return { user: user(request) };
    },
  }, async (relayed) => {
    const open = (cookie: string) =>
      new RawPage(relayed.url, { headers: { cookie } });
    const statusesOf = async (pages: readonly RawPage[]) =>
      (await Promise.all(pages.map(({ status }) => status))).toSorted();
    const pages = ["a", "a", "a"].map(open);
    assertEquals(await statusesOf(pages), [101, 101, 429]);
    const more = ["b", "b", "c"].map(open);
    assertEquals(await statusesOf(more), [101, 101, 503]);
    assertEquals(relayed.relay.connections, 4);
    for (const page of [...pages, ...more]) page.socket.destroy();
    await nothingLeft(relayed);
    const last = open("a");
    assertEquals(await last.status, 101);
    last.close();
    await last.closed;
    await nothingLeft(relayed);
  });
});

test("relay: a session ends by its limits, by its grant and by the relay's end, with a code each", async () => {
  const login = new AbortController();
  await withRelay({
    maxMessageSize: 1000,
    idleTimeout: 2_000,
    authorize: () => ({ signal: login.signal }),
  }, async (relayed) => {
    const open = async () => {
      const page = new RawPage(relayed.url);
      assertEquals(await page.status, 101);
      return page;
    };
    const codeOf = async (page: RawPage) => {
      await page.closed;
      return page.closeFrame?.code;
    };
    const long = await open();
    long.send("x".repeat(999));
    long.send("x".repeat(1000));
    assertEquals(await codeOf(long), RELAY_CLOSE_CODE.tooLong);
    const idle = await open();
    assertEquals(await codeOf(idle), RELAY_CLOSE_CODE.idle);
    const revoked = await open();
    login.abort();
    assertEquals(await codeOf(revoked), RELAY_CLOSE_CODE.revoked);
    // Not allowed any more from the start.
    const late = new RawPage(relayed.url);
    assertEquals(await late.status, 403);
    await nothingLeft(relayed);
  });
});

test("relay: close ends sessions and requests under way", async () => {
  const authorizing = Promise.withResolvers<void>();
  await withRelay({
    authorize: async (request) => {
      if (request.url.includes("slow")) await authorizing.promise;
      return true;
    },
  }, async (relayed) => {
    const page = new RawPage(relayed.url);
    const slow = new RawPage(relayed.url, { path: `${CAT}&slow` });
    assertEquals(await page.status, 101);
    await eventually(() => relayed.relay.connections === 2);
    await relayed.relay.close();
    assertEquals([relayed.relay.connections, relayed.upstream()], [0, 0]);
    await page.closed;
    assertEquals(page.closeFrame?.code, RELAY_CLOSE_CODE.closed);
    assertEquals(await slow.status, 503);
    const late = new RawPage(relayed.url);
    assertEquals(await late.status, 503);
    for (const each of [slow, late]) each.socket.destroy();
    authorizing.resolve();
  });
});

test("relay: a page that reads slowly stops the pod, and gets all of its output", async () => {
  await withRelay({}, async (relayed) => {
    const size = 30_000_000;
    const page = new RawPage(relayed.url, {
      path: `${EXEC}?stdout=1&command=head&command=-c&command=${size}` +
        "&command=/dev/zero",
    });
    assertEquals(await page.status, 101);
    page.pause();
    await delay(500);
    const isOver = () => relayed.events.some(({ type }) => type === "end");
    assertEquals(isOver(), false);
    page.resume();
    await page.closed;
    assertEquals(page.closeFrame?.code, 1000);
    const output = page.messages.filter(([channel]) => channel === 1);
    const bytes = output.reduce((sum, it) => sum + it.byteLength - 1, 0);
    assertEquals(bytes, size);
    await nothingLeft(relayed);
  });
});

test("relay: what takes too long is given up, whoever is slow", async () => {
  await withRelay({
    handshakeTimeout: 300,
    authorize: () => new Promise(() => {}),
  }, async (relayed) => {
    const page = new RawPage(relayed.url);
    assertEquals(await page.status, 504);
    page.socket.destroy();
    await nothingLeft(relayed);
    assertEquals(relayed.upgrades, []);
  });
});

test("relay: a page learns that the cluster failed, but not its words; the listener gets the error", async () => {
  await withRelay({}, async (relayed) => {
    const { url, events, cluster } = relayed;
    const missing = new RawPage(url, { path: CAT.replace("web-0", "web-9") });
    assertEquals(await missing.status, 502);
    missing.socket.destroy();
    await missing.closed;
    assertEquals(missing.response.includes("web-9"), false);
    const refusal = refusalsIn(events).at(-1)?.error as HandshakeError;
    assert(refusal instanceof HandshakeError);
    assertStringIncludes(refusal.message, "web-9");

    const pods = new Api(Pod, { client: await relayed.page() });
    cluster.fault = { status: "omit", then: "drop", afterOutput: 3 };
    const lost = pods.exec.run("web-0", { command: ["echo", "hello"] });
    const error = await rejection(lost, ConnectionLostError);
    assertEquals(error.closeCode, RELAY_CLOSE_CODE.clusterLost);
    await nothingLeft(relayed);
  });
});
