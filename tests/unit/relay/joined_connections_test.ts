import { assertEquals } from "@std/assert";
import { JoinedConnections } from "../../../src/relay/joined_connections.ts";
import { test } from "../../harness.ts";
import { eventLoopTurns, stateOf } from "../../support/async.ts";
import { FakeConnection } from "../../support/fake_connection.ts";

const OPTIONS = {
  pings: { page: false, cluster: false },
  maxMessageSize: 1000,
  idleTimeout: null,
};

function join(options: { acceptTime?: number } = {}) {
  const [page, cluster] = [new FakeConnection(), new FakeConnection()];
  const joined = new JoinedConnections(page, cluster, {
    ...OPTIONS,
    ...options,
  });
  return { page, cluster, joined };
}

test("joined connections: each waits for room of the other, and loses nothing", async () => {
  const { page, cluster, joined } = join();
  for (const [from, to] of [[page, cluster], [cluster, page]] as const) {
    to.hasRoom = false;
    from.message(0, "one");
    assertEquals([from.paused, to.sent.length], [true, 1]);
    to.drain();
    assertEquals([from.paused, to.paused], [false, false]);
    from.part(Uint8Array.of(0, 1), false);
    assertEquals(to.sent.length, 1);
    from.part(Uint8Array.of(2), true);
    assertEquals([...to.sent[1]!], [0, 1, 2]);
  }
  page.drop({ code: 1001, reason: "" });
  assertEquals(cluster.ended, "closed");
  const { reason, closeCode, bytesFromPage } = await joined.ended;
  assertEquals([reason, closeCode, bytesFromPage], ["PageLeft", 1001, 7]);
});

test("joined connections: a page that leaves while the pod does not read is let go of", async () => {
  const { page, cluster, joined } = join({ acceptTime: 20 });
  cluster.hasRoom = false;
  page.message(0, "typed");
  // Its socket is gone, but a paused connection does not deliver its end.
  page.close();
  assertEquals((await joined.ended).reason, "PageLeft");
  assertEquals(cluster.ended, "closed");
});

test("joined connections: what the page sent before it left still goes to a pod that reads again", async () => {
  const { page, cluster, joined } = join({ acceptTime: 60_000 });
  cluster.hasRoom = false;
  page.message(0, "typed");
  await eventLoopTurns();
  assertEquals(await stateOf(joined.ended), "pending");
  cluster.drain();
  assertEquals(page.paused, false);
  page.message(0, "the last");
  page.drop({ code: 1000, reason: "" });
  assertEquals((await joined.ended).reason, "PageLeft");
  assertEquals(cluster.sent.length, 2);
});

test("joined connections: a cluster that is lost is no regular end for the page", async () => {
  for (const [code, expected] of [[1000, 1000], [1005, 1000], [1006, 4000]]) {
    const { page, cluster, joined } = join();
    const closing = Promise.withResolvers<number>();
    page.close = (code = 1000) => {
      FakeConnection.prototype.close.call(page);
      closing.resolve(code);
    };
    cluster.drop({ code: code!, reason: "secret words" });
    assertEquals(await closing.promise, expected);
    assertEquals((await joined.ended).closeCode, code);
  }
});
