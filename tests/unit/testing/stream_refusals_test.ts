// The embedded cluster's refusals of exec and attach.
import { assertEquals } from "@std/assert";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { RawClient } from "./raw_client.ts";
import {
  call,
  createPod,
  exec,
  PODS,
  runPod,
  withCluster,
} from "./with_cluster.ts";

const V4 = { protocols: ["v4.channel.k8s.io"] };
const TRUE: [string, string][] = [["command", "true"], ["stdout", "true"]];

async function refusal(client: RawClient) {
  const { status } = await client.head;
  await client.ended;
  const { reason, message } = JSON.parse(client.body);
  return { status, reason, message };
}

function ask(cluster: Cluster, pod: string, query: [string, string][]) {
  return new RawClient(cluster, { path: `${PODS}/${pod}/exec`, query });
}

test("refused: a missing pod is a 404 Status", () =>
  withCluster({}, async (cluster) => {
    assertEquals(await refusal(ask(cluster, "web-0", TRUE)), {
      status: 404,
      reason: "NotFound",
      message: 'pods "web-0" not found',
    });
  }));

test("refused: an unknown container is a 400 Status", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const query: [string, string][] = [...TRUE, ["container", "c"]];
    assertEquals(await refusal(ask(cluster, "web-0", query)), {
      status: 400,
      reason: "BadRequest",
      message: "container c is not valid for pod web-0",
    });
  }));

test("refused: several containers without a name are a 400 Status that lists them", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      spec: {
        containers: [{ name: "a", image: "i" }, { name: "b", image: "i" }],
      },
    });
    assertEquals(await refusal(ask(cluster, "web-0", TRUE)), {
      status: 400,
      reason: "BadRequest",
      message: "a container name must be specified for pod web-0, " +
        "choose one of: [a b]",
    });
    const named = ask(cluster, "web-0", [...TRUE, ["container", "b"]]);
    assertEquals((await named.status()).status, "Success");
  }));

test("refused: a pod without a node is a 400 Status", () =>
  withCluster({ startupDelay: 60_000 }, async (cluster) => {
    await createPod(cluster, "web-0");
    assertEquals(await refusal(ask(cluster, "web-0", TRUE)), {
      status: 400,
      reason: "BadRequest",
      message: "pod web-0 does not have a host assigned",
    });
  }));

test("refused: a request without an upgrade is a 400 Status", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const path = `${PODS}/web-0/exec?command=true&stdout=true`;
    const { status, json } = await call(cluster, "GET", path);
    assertEquals([status, json.message], [400, "Upgrade request required"]);
  }));

test("refused: an unsupported subprotocol is a 403 with an empty body", () =>
  withCluster({ protocols: ["v4"] }, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["true"]);
    assertEquals((await client.head).status, 403);
    await client.ended;
    assertEquals(client.body, "");
  }));

test("refused: a pod's annotation selects the protocols of its node", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      annotations: { "podwire.dev/protocol": "v4" },
    });
    const v5 = exec(cluster, "web-0", ["true"]);
    assertEquals((await v5.head).status, 403);
    const both = exec(cluster, "web-0", ["true"], "", {
      protocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"],
    });
    const { headers } = await both.head;
    assertEquals(headers.get("sec-websocket-protocol"), "v4.channel.k8s.io");
    await both.ended;
  }));

/** A pod on its node whose container has ended. */
function runEnded(cluster: Cluster): Promise<void> {
  return runPod(cluster, "web-0", {
    spec: {
      restartPolicy: "Never",
      containers: [
        { name: "main", image: "i" },
        { name: "ended", image: "i", command: ["true"] },
      ],
    },
  });
}

test("refused by the kubelet: a stopped container, in band on v5, a plain 500 on v4", () =>
  withCluster({}, async (cluster) => {
    await runEnded(cluster);
    const query: [string, string][] = [...TRUE, ["container", "ended"]];
    let v5 = await ask(cluster, "web-0", query).status();
    // Until it has ended, a command in it runs, ends with it, or comes too late.
    while (
      ["Success", "NonZeroExitCode"].includes(`${v5.reason ?? v5.status}`) ||
      `${v5.message}`.endsWith("container is not running")
    ) {
      v5 = await ask(cluster, "web-0", query).status();
    }
    const cause = 'unable to upgrade connection: container not found ("ended")';
    assertEquals(v5.message, `Internal error occurred: ${cause}`);
    assertEquals(v5.reason, "InternalError");
    const path = `${PODS}/web-0/exec`;
    const v4 = new RawClient(cluster, { path, query, ...V4 });
    assertEquals((await v4.head).status, 500);
    await v4.ended;
    assertEquals(v4.body, 'container not found ("ended")');
  }));

test("refused by the kubelet: no stream at all, in band on v5, a plain 400 on v4", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const query: [string, string][] = [["command", "true"]];
    const text = "you must specify at least 1 of stdin, stdout, stderr";
    const v5 = ask(cluster, "web-0", query);
    const { message } = await v5.status();
    assertEquals(
      message,
      `Internal error occurred: unable to upgrade connection: ${text}`,
    );
    assertEquals(v5.messages[0]?.[0], 3, "the first message is on channel 3");
    const path = `${PODS}/web-0/exec`;
    const v4 = new RawClient(cluster, { path, query, ...V4 });
    assertEquals((await v4.head).status, 400);
    await v4.ended;
    assertEquals(v4.body, text);
  }));
