// Faults that are injected into the embedded cluster.
import { assert, assertEquals } from "@std/assert";
import { ApiError, createClient } from "../../../mod.ts";
import type {
  Cluster,
  EndingFault,
  RequestFault,
} from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { stateOf } from "../../support/async.ts";
import type { RawClient } from "./raw_client.ts";
import {
  call,
  createPod,
  exec,
  PODS,
  runPod,
  withCluster,
} from "./with_cluster.ts";

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

test("fault: a status and then nothing, for the whole cluster", () =>
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

test("fault: a delayed response to the upgrade, and a client that leaves before it", () =>
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

test("fault: a stalled session reads nothing, but sends output", () =>
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

const ONE_TWO = "echo one; echo two; exec cat";

test("fault: a followed log that is cut in the middle of a line, once", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      annotations: {
        "podwire.dev/log-fault": '{ "afterLines": 1, "midLine": true }',
      },
      container: { command: ["sh", "-c", ONE_TWO], stdin: true },
    });
    assertEquals(await (await log(cluster, "web-0")).text(), "one\ntw");
    assertEquals(await untilLine(await log(cluster, "web-0"), 2), "one\ntwo\n");
  }));

test("fault: followed logs that are cut twice at once, then not", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ["sh", "-c", ONE_TWO], stdin: true },
    });
    cluster.logFault = { times: 2 };
    assertEquals(await (await log(cluster, "web-0")).text(), "");
    assertEquals(await (await log(cluster, "web-0")).text(), "");
    assertEquals(await untilLine(await log(cluster, "web-0"), 1), "one\n");
  }));

test("fault: followed logs that are cut while they wait for output", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ["sh", "-c", ONE_TWO], stdin: true },
    });
    const following = await log(cluster, "web-0");
    const text = following.text();
    cluster.cutLogs();
    await text;
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    assertEquals(json.status.phase, "Running");
    assertEquals(await untilLine(await log(cluster, "web-0"), 1), "one\n");
  }));

test("fault: watches that are answered 200 and end at once", () =>
  withCluster({}, async (cluster) => {
    cluster.watchFault = { times: 1 };
    const watch = () =>
      fetch(`${cluster.server}${PODS}?watch=true&timeoutSeconds=1`, {
        headers: { authorization: `Bearer ${cluster.token}` },
      });
    await createPod(cluster, "web-0");
    const empty = await watch();
    assertEquals([empty.status, await empty.text()], [200, ""]);
    assert((await (await watch()).text()).includes('"ADDED"'));
    cluster.watchFault = { body: "<html>" };
    assertEquals(await (await watch()).text(), "<html>");
  }));

test("fault: an annotation that is no JSON object is a 400", () =>
  withCluster({}, async (cluster) => {
    for (const text of ["{", "null", "5"]) {
      const { status, json } = await createPod(cluster, "web-0", {
        annotations: { "podwire.dev/log-fault": text },
      });
      assertEquals(
        [status, json.message],
        [400, "the annotation podwire.dev/log-fault is not a JSON object"],
      );
    }
    await runPod(cluster, "web-1", {
      annotations: { "podwire.dev/fault": "{" },
    });
    const { status } = await exec(cluster, "web-1", ["true"]).head;
    assertEquals(status, 400);
  }));

/** Follows a pod's log. */
function log(cluster: Cluster, pod: string): Promise<Response> {
  return fetch(`${cluster.server}${PODS}/${pod}/log?follow=true`, {
    headers: { authorization: `Bearer ${cluster.token}` },
  });
}

/** Reads so many lines, and cancels the rest. */
async function untilLine(response: Response, count: number): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  let text = "";
  while (text.split("\n").length <= count) {
    text += (await reader.read()).value ?? "";
  }
  await reader.cancel();
  return text.split("\n").slice(0, count).join("\n") + "\n";
}

test("fault: requests are refused by path and method, a number of times, with headers", () =>
  withCluster({}, async (cluster) => {
    const { server, token, certificateAuthority } = cluster;
    const client = await createClient({
      server,
      token,
      certificateAuthority: certificateAuthority ?? undefined,
      retry: false,
    });
    const statusOf = async (method: string, path: string) => {
      try {
        const { status, body } = await client.request({ method, path });
        await body.cancel();
        return String(status);
      } catch (error) {
        return error instanceof ApiError ? error.message : String(error);
      }
    };
    const pods = "/api/v1/namespaces/default/pods";
    const fault: RequestFault = {
      httpStatus: 503,
      headers: { "retry-after": "7" },
      body: "down",
      path: /\/pods$/,
      method: "get",
      times: 2,
    };
    cluster.requestFault = fault;
    assertEquals(cluster.requestFault, fault);
    assertEquals(await statusOf("GET", "/version"), "200");
    assertEquals(
      await statusOf("DELETE", pods),
      "200",
    );
    for (let round = 0; round < 2; round++) {
      assertEquals(
        await statusOf("GET", pods),
        `Cannot GET ${pods}: 503: down (try again in 7 s)`,
      );
    }
    assertEquals(await statusOf("GET", pods), "200");
    cluster.requestFault = { path: "/namespaces/default" };
    assertEquals(
      await statusOf("GET", pods),
      `Cannot GET ${pods}: 429: Too many requests, please try again later.`,
    );
    cluster.requestFault = null;
    assertEquals(await statusOf("GET", pods), "200");
    await client.close();
  }));
