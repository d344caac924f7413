// Commands in many pods, on the transport in memory.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Api, createClient, isRunning, Pod } from "../../../mod.ts";
import {
  type MemoryCommand,
  memoryTransport,
} from "../../../src/testing/mod.ts";
import { delay } from "../../support/async.ts";
import { collectGarbage } from "../../support/garbage.ts";
import { test } from "../../harness.ts";

const ALL = { labelSelector: "app=web" };

/** Runs `body` with so many pods, whose commands are `exec`. */
async function withPods(
  count: number,
  exec: Record<string, MemoryCommand>,
  body: (pods: Api<typeof Pod>) => Promise<void>,
): Promise<void> {
  const transport = memoryTransport({ exec });
  const client = await createClient({ server: "https://memory", transport });
  try {
    const pods = new Api(Pod, { client, namespace: "default" });
    for (let index = 0; index < count; index++) {
      await pods.create({
        metadata: { name: `web-${index}`, labels: { app: "web" } },
        spec: { containers: [{ name: "main", image: "x" }] },
      });
    }
    for await (const { metadata } of pods.listAll()) {
      await pods.waitFor(metadata.name, isRunning);
    }
    await body(pods);
  } finally {
    await client.close();
  }
}

test("runAll: no more commands at once than its concurrency", async () => {
  let running = 0;
  let most = 0;
  const full = Promise.withResolvers<void>();
  const exec = {
    async work() {
      most = Math.max(most, ++running);
      if (running === 7) full.resolve();
      // However slowly they start; an eighth would start in the delay.
      await full.promise;
      await delay(5);
      running--;
    },
  };
  await withPods(40, exec, async (pods) => {
    const options = { command: ["work"], concurrency: 7 };
    const results = await Array.fromAsync(pods.exec.runAll(ALL, options));
    assertEquals(results.filter(({ result }) => result?.ok).length, 40);
    assertEquals(most, 7);
  });
});

test("runAll: unread results count, so a slow reader bounds them", async () => {
  let started = 0;
  const exec = { work: () => void started++ };
  await withPods(20, exec, async (pods) => {
    const options = { command: ["work"], concurrency: 3 };
    let read = 0;
    for await (const _ of pods.exec.runAll(ALL, options)) {
      read++;
      await delay(10);
      assert(started <= read + 3, `${started} were started, ${read} read`);
    }
    assertEquals(read, 20);
  });
});

test("runAll: of a thousand pods, no result is kept", async () => {
  const size = 64 * 1024;
  const output = new Uint8Array(size);
  const exec: Record<string, MemoryCommand> = {
    work: ({ stdout }) => stdout.write(output),
  };
  await withPods(1_000, exec, async (pods) => {
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    let total = 0;
    const results = pods.exec.runAll(ALL, { command: ["work"] });
    for await (const { result } of results) {
      total += result?.stdout.byteLength ?? 0;
      registry.register(result!, null);
    }
    assertEquals(total, 1_000 * size);
    await collectGarbage(() => collected > 900);
    assert(collected > 900, `only ${collected} were collected`);
  });
}, { timeout: 60_000, shared: true });

test("runAll: bad options are refused before anything is sent", async () => {
  await withPods(0, {}, (pods) => {
    const command = ["true"];
    const call = (options: object) => () =>
      pods.exec.runAll(ALL, { command, ...options });
    assertThrows(call({ concurrency: 0 }), RangeError, "the concurrency 0");
    assertThrows(call({ concurrency: 1.5 }), RangeError, "1.5");
    assertThrows(call({ concurency: 2 }), TypeError, '"concurrency"');
    assertThrows(call({ stdin: new ReadableStream() }), TypeError, "stdin");
    assertThrows(call({ command: [] }), TypeError, "command is empty");
    assertThrows(
      () => pods.exec.runAll({ labelSelector: "" }, { command }),
      TypeError,
      "labelSelector",
    );
    assertThrows(
      () => pods.exec.runAll("", { command }),
      TypeError,
      'Cannot exec in pods "": no name is given',
    );
    assertThrows(call({ timeout: -1 }), RangeError, "timeout");
    return Promise.resolve();
  });
});

test("runAll, logs.all: without a namespace nothing is sent", async () => {
  const transport = memoryTransport();
  const client = await createClient({ server: "https://memory", transport });
  const pods = new Api(Pod, { client });
  for (const target of ["web-0", "deployment/web", ALL]) {
    assertThrows(
      () => pods.exec.runAll(target, { command: ["true"] }),
      TypeError,
      "no namespace is given",
    );
  }
  assertThrows(
    () => pods.logs.all("deployment/web"),
    TypeError,
    'Cannot get log of deployments "web": no namespace is given',
  );
  assertThrows(
    () => pods.logs.all("", { namespace: "default" }),
    TypeError,
    'Cannot get log of pods "" in namespace "default": no name is given',
  );
  await client.close();
});
