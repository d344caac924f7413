// Streamed responses keep a connection, and release it when they are cancelled.
import { assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  type Client,
  createClient,
  isRunning,
  Pod,
  type Transport,
} from "../../../mod.ts";
import { defaultTransport } from "../../../src/adapters/default_transport.ts";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { withCluster } from "./with_cluster.ts";

/** Runs `body` with a pod that keeps writing, then counts the connections. */
function withPod(
  body: (pods: Api<typeof Pod>, client: Client) => Promise<void>,
): Promise<void> {
  return withCluster({}, async (cluster) => {
    const transport = await defaultTransport();
    const client = await createClient({
      ...cluster.clientOptions(),
      transport,
    });
    const pods = new Api(Pod, { client });
    const script = "while :; do echo tick; sleep 0.02; done";
    const command = ["sh", "-c", script];
    await pods.create({
      metadata: { name: "web-0" },
      spec: { containers: [{ name: "main", image: "none", command }] },
    });
    await pods.waitFor("web-0", isRunning);
    await noneBusy(cluster, transport);
    await body(pods, client);
    await noneBusy(cluster, transport);
    await client.close();
  });
}

/** Waits until no connection is in use, within the test's timeout. */
async function noneBusy(cluster: Cluster, transport: Transport): Promise<void> {
  // Closes the idle ones only.
  await transport.close();
  while (cluster.connections > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a a watch releases its connection when its loop ends", () =>
  withPod(async (pods) => {
    for await (const { type } of pods.watch()) {
      assertEquals(type, "ADDED");
      break;
    }
    const events = pods.watch();
    await events.next();
    const pending = events.next();
    await events.return!();
    assertEquals((await pending).done, true);
  }));

test("a watches and followed logs release their connections on abort", () =>
  withPod(async (pods) => {
    const controller = new AbortController();
    const { signal } = controller;
    const events = pods.watch({ signal });
    await events.next();
    const lines = pods.logs.lines("web-0", { follow: true, signal });
    await lines.next();
    const stream = await pods.logs.stream("web-0", { follow: true, signal });
    const reader = stream.getReader();
    await reader.read();
    controller.abort("enough");
    const rest = async (read: () => Promise<{ done?: boolean }>) => {
      while (!(await read()).done);
    };
    for (const read of [() => lines.next(), () => reader.read()]) {
      assertEquals(await rest(read).catch((reason) => reason), "enough");
    }
    assertEquals(await events.next().catch((reason) => reason), "enough");
  }));

test("followed followed logs release their connections when they are cancelled", () =>
  withPod(async (pods) => {
    for await (const line of pods.logs.lines("web-0", { follow: true })) {
      assertEquals(line, "tick");
      break;
    }
    const stream = await pods.logs.stream("web-0", { follow: true });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
  }));

test("closing the client ends a watch and followed logs", () =>
  withPod(async (pods, client) => {
    const events = pods.watch();
    await events.next();
    const stream = await pods.logs.stream("web-0", {
      follow: true,
      tailLines: 0,
    });
    const text = new Response(stream).text();
    const pending = events.next();
    await client.close();
    await assertRejects(() => pending, Error, "the client is closed");
    await assertRejects(() => text, Error, "the client is closed");
  }));
