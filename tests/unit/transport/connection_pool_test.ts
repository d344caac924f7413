import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { ConnectError } from "../../../src/errors.ts";
import type { PooledConnection } from "../../../src/transport/connection_group.ts";
import type { DialTarget } from "../../../src/transport/dial.ts";
import { test } from "../../harness.ts";
import { eventually, macrotask, rejection } from "../../support/async.ts";
import { FakeDuplex } from "../../support/fake_duplex.ts";
import { poolOf, type PoolTimer } from "../../support/fake_pool.ts";

const SERVER = {
  hostname: "server",
  port: 1,
  tls: null,
  proxy: null,
  proxyTls: {},
};

/** A dial that the test answers. */
interface Attempt {
  readonly target: DialTarget;
  connect(): FakeDuplex;
  fail(error: Error): void;
}

function pool(now?: () => number) {
  const dials: Attempt[] = [];
  const timers = new Set<PoolTimer>();
  const connections = poolOf(
    (target) =>
      new Promise((resolve, reject) => {
        target.signal.addEventListener("abort", () => {
          reject(target.signal.reason);
        });
        dials.push({
          target,
          connect() {
            const duplex = new FakeDuplex();
            resolve(duplex);
            return duplex;
          },
          fail: reject,
        });
      }),
    timers,
    now,
  );
  const acquire = (
    signal = new AbortController().signal,
    headers = {},
  ): Promise<PooledConnection> =>
    connections.acquire({ ...SERVER, signal }, headers);
  /** A connection after its first response. */
  const idle = async (): Promise<FakeDuplex> => {
    const acquired = acquire();
    const duplex = dials.at(-1)!.connect();
    (await acquired).release();
    await eventually(() => !duplex.keepsAlive);
    await macrotask();
    await macrotask();
    return duplex;
  };
  return { dials, timers, connections, acquire, idle };
}

test("pool: an idle connection does not keep the process alive, one in use does", async () => {
  const { dials, acquire } = pool();
  const acquired = acquire();
  const duplex = dials[0]!.connect();
  const first = await acquired;
  assertEquals(first.reused, false);
  first.release();
  assertEquals([duplex.keepsAlive, duplex.paused], [false, false]);
  const second = await acquire();
  assertStrictEquals(second.duplex, duplex);
  assertEquals([second.reused, duplex.keepsAlive], [true, true]);
  assertEquals(dials.length, 1);
});

test("pool: a request waits for the check of a connection, which bytes fail", async () => {
  const { dials, acquire } = pool();
  const acquired = acquire();
  const duplex = dials[0]!.connect();
  (await acquired).release();
  const next = acquire();
  assertEquals(dials.length, 1);
  duplex.receiver.data(encodeText("HTTP/1.1 200 OK\r\n\r\n"));
  assertEquals(duplex.ending, "destroyed");
  await eventually(() => dials.length === 2);
  const other = dials[1]!.connect();
  assertStrictEquals((await next).duplex, other);
});

test("pool: an idle connection that ends is forgotten", async () => {
  const { dials, acquire, idle, timers } = pool();
  const duplex = await idle();
  assertEquals(timers.size, 1);
  duplex.receiver.ended();
  assertEquals([duplex.ending, timers.size], ["destroyed", 0]);
  acquire();
  assertEquals(dials.length, 2);
});

test("pool: an idle connection is closed after 50 s, or before the server closes it", async () => {
  const { dials, acquire, idle, timers } = pool();
  const duplex = await idle();
  const [timer] = timers;
  assertEquals(timer!.milliseconds, 50_000);
  timer!.run();
  assertEquals(duplex.ending, "destroyed");
  const acquired = acquire();
  dials[1]!.connect();
  (await acquired).release(5_000);
  await eventually(() => [...timers].some((it) => it.milliseconds === 4_000));
});

test("pool: sixteen connections are opened at once; others wait for any", async () => {
  const { dials, acquire, timers } = pool();
  const waiting = Array.from({ length: 40 }, () => acquire());
  assertEquals(dials.length, 16);
  const duplex = dials[0]!.connect();
  const first = await waiting[0]!;
  await eventually(() => dials.length === 17);
  first.release();
  const second = await waiting[1]!;
  assertStrictEquals(second.duplex, duplex);
  assertEquals(second.reused, true);
  // Each failure is one request's.
  const cause = new ConnectError("Cannot connect", { code: "ECONNREFUSED" });
  dials[1]!.fail(cause);
  assertStrictEquals(await rejection(waiting[2]!), cause);
  for (let at = 2; dials.length < 40 && at < 40; at++) {
    dials[at]?.connect();
    await macrotask();
  }
  for (const dial of dials) dial.connect();
  await Promise.all(waiting.toSpliced(2, 1));
  assertEquals(timers.size, 0);
});

test("pool: with 32 in use a request waits a moment for one of them", async () => {
  let now = 0;
  const { dials, acquire } = pool(() => now);
  const lent: PooledConnection[] = [];
  for (let i = 0; i < 32; i++) {
    const acquired = acquire();
    dials.at(-1)!.connect();
    lent.push(await acquired);
  }
  lent[0]!.release();
  const next = await acquire();
  assertStrictEquals(next.duplex, lent[0]!.duplex);
  const served = acquire();
  next.release();
  assertStrictEquals((await served).duplex, next.duplex);
  assertEquals(dials.length, 32);
  const { signal } = new AbortController();
  const waiting = acquire(signal);
  assertEquals(dials.length, 32);
  await eventually(() => dials.length === 33);
  // Long requests never become free: nobody waits for them.
  now += 60;
  const others = Array.from({ length: 5 }, () => acquire(signal));
  assertEquals(dials.length, 38);
  for (const dial of dials) dial.connect();
  await Promise.all([waiting, ...others]);
});

test("pool: an aborted request aborts the connection that it waits for", async () => {
  const { dials, acquire } = pool();
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = acquire(controller.signal);
  const other = acquire();
  controller.abort(reason);
  assertStrictEquals(await rejection(aborted), reason);
  assertEquals(dials.map(({ target }) => target.signal.aborted), [false, true]);
  const duplex = dials[0]!.connect();
  assertStrictEquals((await other).duplex, duplex);
});

test("pool: a connection that came too late is kept, or given up after a second", async () => {
  const { dials, acquire, timers } = pool();
  const first = acquire();
  const duplex = dials[0]!.connect();
  const lent = await first;
  const second = acquire();
  const third = acquire();
  assertEquals(dials.length, 3);
  lent.release();
  assertStrictEquals((await second).duplex, duplex);
  assertEquals([...timers].map((it) => it.milliseconds), [1_000]);
  const late = dials[1]!.connect();
  assertStrictEquals((await third).duplex, late);
  [...timers][0]!.run();
  assertEquals(dials[2]!.target.signal.aborted, true);
});

test("pool: at most 32 idle connections for one key, 100 in all", async () => {
  const { dials, acquire } = pool();
  const duplexes: FakeDuplex[] = [];
  const fill = async (user: string): Promise<void> => {
    const lent: PooledConnection[] = [];
    const { signal } = new AbortController();
    for (let i = 0; i < 40; i++) {
      const count = dials.length;
      const acquired = acquire(signal, { authorization: user });
      await eventually(() => dials.length > count);
      duplexes.push(dials.at(-1)!.connect());
      lent.push(await acquired);
    }
    for (const { release } of lent) release();
    await macrotask();
    await macrotask();
  };
  const open = () => duplexes.filter(({ ending }) => ending === null).length;
  await fill("a");
  assertEquals(open(), 32);
  assert(duplexes.slice(0, 8).every(({ ending }) => ending !== null));
  for (const user of ["b", "c", "d", "e"]) await fill(user);
  assertEquals(open(), 100);
});

test("pool: another user, TLS options object, proxy or port is another connection", async () => {
  const { connections, idle, dials } = pool();
  await idle();
  const { signal } = new AbortController();
  const target = { ...SERVER, signal };
  const others: [DialTarget, Record<string, string>][] = [
    [target, { authorization: "Bearer x" }],
    [target, { "Impersonate-User": "x" }],
    [{ ...target, proxyTls: {} }, {}],
    [{ ...target, tls: target.proxyTls }, {}],
    [{ ...target, proxy: new URL("http://proxy") }, {}],
    [{ ...target, proxy: new URL("http://a:b@proxy") }, {}],
    [{ ...target, port: 2 }, {}],
    [{ ...target, hostname: "other" }, {}],
  ];
  for (const [at, [other, headers]] of others.entries()) {
    const acquired = connections.acquire(other, headers);
    assertEquals(dials.length, at + 2);
    dials.at(-1)!.connect();
    await acquired;
  }
  const same = await connections.acquire(target, { accept: "text/plain" });
  assertEquals(same.reused, true);
});

test("pool: close() closes what is idle, and later what was in use", async () => {
  const { connections, dials, acquire, idle } = pool();
  const duplex = await idle();
  const acquired = acquire(undefined, { authorization: "x" });
  const busy = dials.at(-1)!.connect();
  const lent = await acquired;
  await connections.close();
  assertEquals([duplex.ending, busy.ending], ["destroyed", null]);
  lent.release();
  assertEquals(busy.ending, "destroyed");
  // The transport may be another client's too.
  const again = await idle();
  assertEquals(again.ending, null);
  await connections.close();
});
