// The stages at which a call can hang, and what ends it there.
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

/** Runs `body` with an Api over faulty connections. */
async function withFault(
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
    await withFault(fixture, { kind: "none" }, { token }, async (pods) => {
      await timesOut(pods.exec.run("p", { command: ["true"], timeout }));
      await timesOut(pods.exec.stream("p", { command: ["true"], timeout }));
    });
  },
  { transports: ["socket"] },
);

testCase(
  "stages: the timeout ends the wait for a server that accepts and stays silent",
  async (fixture) => {
    await withFault(fixture, { kind: "black hole" }, {}, async (pods) => {
      await timesOut(pods.exec.run("p", { command: ["true"], timeout }));
      await timesOut(pods.exec.stream("p", { command: ["true"], timeout }));
      await timesOut(pods.attach.stream("p", { timeout }));
    });
  },
);

testCase(
  "stages: run's timeout ends the wait for a silent stdin, and cancels it",
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
  "stages: run's timeout ends an unread stdin, and cancels it",
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
    // Zero if the timeout expires before the session starts.
    assert(asked < 256, `${asked} MiB were taken`);
  },
);

testCase(
  "stages: a connection that stalls mid-session is detected, and its output is kept",
  async (fixture) => {
    const name = await fixture.pod();
    const fault: Fault = {
      kind: "stall",
      directions: ["up", "down"],
      after: 20_000,
      ms: null,
    };
    // A busy server may start late.
    const keepAlive = { interval: 50, timeout: 1_000 };
    await withFault(fixture, fault, { keepAlive }, async (pods) => {
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
