// Where a call can be held up, and what ends it there.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  CallTimeoutError,
  type ClientOptions,
  ConnectionLostError,
  createClient,
  Pod,
} from "../../../mod.ts";
import { type Fixture, testCase } from "../../conformance/fixture.ts";
import { rejection } from "../../support/async.ts";
import type { Fault } from "./fault.ts";
import { startFaultProxy } from "./fault_proxy.ts";

const timeout = 300;

/** Runs `body` with an Api whose connections have a fault. */
async function spoiled(
  { options, namespace }: Fixture,
  fault: Fault,
  changes: ClientOptions,
  body: (pods: Api<typeof Pod>) => Promise<void>,
): Promise<void> {
  const reach = options();
  const proxy = await startFaultProxy(`${reach.server}`, fault);
  const client = await createClient({
    ...reach,
    ...changes,
    server: proxy.url,
  });
  try {
    await body(new Api(Pod, { client, namespace }));
  } finally {
    await client.close();
    await proxy.close();
  }
}

async function timesOut(call: Promise<unknown>): Promise<void> {
  assertEquals((await rejection(call, CallTimeoutError)).timeout, timeout);
}

testCase(
  "stages: the timeout ends the wait for credentials",
  async (fixture) => {
    const token = () => new Promise<string>(() => {});
    await spoiled(fixture, { kind: "none" }, { token }, async (pods) => {
      await timesOut(pods.exec.run("p", { command: ["true"], timeout }));
      await timesOut(pods.exec.stream("p", { command: ["true"], timeout }));
    });
  },
  { transports: ["socket"] },
);

testCase(
  "stages: the timeout ends the wait for a server that accepts and says nothing",
  async (fixture) => {
    await spoiled(fixture, { kind: "black hole" }, {}, async (pods) => {
      await timesOut(pods.exec.run("p", { command: ["true"], timeout }));
      await timesOut(pods.exec.stream("p", { command: ["true"], timeout }));
      await timesOut(pods.attach.stream("p", { timeout }));
    });
  },
);

testCase(
  "stages: run's timeout ends the wait for a stdin that gives nothing, and lets go of it",
  async ({ pods, pod, protocol, socket }) => {
    if (protocol !== "v5.channel.k8s.io") return;
    const name = await pod();
    const cancelled = Promise.withResolvers<unknown>();
    const stdin = new ReadableStream<Uint8Array>({
      cancel: cancelled.resolve,
    });
    await timesOut(pods.exec.run(name, { command: ["cat"], stdin, timeout }));
    assert(await cancelled.promise instanceof CallTimeoutError, `${socket}`);
  },
);

testCase(
  "stages: run's timeout ends a stdin that nobody reads on, and lets go of it",
  async ({ pods, pod, protocol }) => {
    if (protocol !== "v5.channel.k8s.io") return;
    const name = await pod();
    const cancelled = Promise.withResolvers<unknown>();
    let asked = 0;
    const stdin = new ReadableStream<Uint8Array>({
      pull(controller) {
        asked++;
        controller.enqueue(new Uint8Array(2 ** 20));
      },
      cancel: cancelled.resolve,
    }, { highWaterMark: 0 });
    const command = ["sleep", "30"];
    await timesOut(pods.exec.run(name, { command, stdin, timeout }));
    assert(await cancelled.promise instanceof CallTimeoutError);
    // None, if the clock ran out before there was a session.
    assert(asked < 256, `${asked} MiB were taken`);
  },
);

testCase(
  "stages: a fixture that goes dead in mid-session is noticed and named; what came is kept",
  async (fixture) => {
    const name = await fixture.pod();
    const fault: Fault = {
      kind: "stall",
      directions: ["up", "down"],
      after: 20_000,
      ms: null,
    };
    // A busy server may take its time to begin.
    const keepAlive = { interval: 50, timeout: 1_000 };
    await spoiled(fixture, fault, { keepAlive }, async (pods) => {
      const command = ["sh", "-c", "seq 1 100000; sleep 30"];
      const error = await rejection(
        pods.exec.run(name, { command }),
        ConnectionLostError,
      );
      assert(error.message.includes("nothing was received for"), error.message);
      const text = new TextDecoder().decode(error.partial?.stdout);
      assert(text.startsWith("1\n2\n3\n") && text.length < 20_000, text);
    });
  },
  { transports: ["socket"] },
);
