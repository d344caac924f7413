// Sessions of the embedded cluster that end as they should not.
import { assert, assertEquals } from "@std/assert";
import type { EndingFault } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { stateOf } from "../../support/settling.ts";
import type { RawClient } from "./raw_client.ts";
import { exec, runPod, withCluster } from "./with_cluster.ts";

const cases: [
  what: string,
  fault: EndingFault,
  code: number | null,
  status: string,
][] = [
  ["no status, Close 1000", { status: "omit" }, 1000, ""],
  ["no status, another code", { status: "omit", code: 1011 }, 1011, ""],
  ["no status, Close without a code", { status: "omit", code: null }, 1005, ""],
  ["no status, no Close", { status: "omit", then: "drop" }, null, ""],
  ["no status, a reset", { status: "omit", then: "reset" }, null, ""],
  ["garbage for a status", { status: { garbage: "{no" } }, 1000, "{no"],
  [
    "a status, no Close",
    { then: "drop" },
    null,
    '{"metadata":{},"status":"Success"}',
  ],
];
for (const [what, fault, code, status] of cases) {
  test(`fault: ${what}`, () =>
    withCluster({}, async (cluster) => {
      await runPod(cluster, "web-0", {
        annotations: { "podwire.dev/fault": JSON.stringify(fault) },
      });
      const client = exec(cluster, "web-0", ["echo", "out"]);
      assertEquals(await client.ended, code);
      assertEquals([client.text(1), client.text(3)], ["out\n", status]);
    }));
}

test("fault: a status, and then nothing; said for the whole cluster", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    cluster.fault = { then: "hold" };
    const client: RawClient = exec(cluster, "web-0", ["true"]);
    await client.until(3, "Success");
    const end = await Promise.race([
      client.ended,
      new Promise((resolve) => setTimeout(() => resolve("held"), 100)),
    ]);
    assertEquals(end, "held");
    client.drop();
    cluster.fault = null;
    assertEquals(await exec(cluster, "web-0", ["true"]).ended, 1000);
  }));

test("fault: an end in the middle of the output", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    cluster.fault = { status: "omit", then: "drop", afterOutput: 100_000 };
    const client = exec(cluster, "web-0", [
      "head",
      "-c",
      "1000000",
      "/dev/zero",
    ]);
    assertEquals(await client.ended, null);
    const { byteLength } = client.bytes(1);
    assertEquals([byteLength >= 100_000, byteLength < 1_000_000], [true, true]);
  }));

test("fault: the upgrade's answer comes late, or never to one who leaves", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    cluster.fault = { delay: 50 };
    const begun = performance.now();
    const client = exec(cluster, "web-0", ["true"]);
    assertEquals((await client.head).status, 101);
    // Timers may fire a little early.
    assert(performance.now() - begun > 40);
    assertEquals(await client.ended, 1000);
    cluster.fault = { delay: 600_000 };
    const impatient = exec(cluster, "web-0", ["true"]);
    assertEquals(await stateOf(impatient.head), "pending");
    impatient.drop();
    await impatient.ended;
  }));

test("fault: a stalled session reads nothing, and sends all the same", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    cluster.fault = { stall: true };
    const script = "echo out; read line; echo $line";
    const client = exec(cluster, "web-0", ["sh", "-c", script], "i");
    const pong = client.ping();
    client.send(0, "heard\n");
    await client.until(1, "out\n");
    assertEquals(await stateOf(pong), "pending");
    assertEquals(client.text(1), "out\n");
    client.drop();
    await client.ended;
  }));
