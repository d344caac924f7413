// What happens to the pod of a command, over an API server in memory.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Api,
  CallTimeoutError,
  ConnectError,
  createClient,
  Pod,
  PodwireError,
  type Transport,
} from "../../../../mod.ts";
import {
  type MemoryCommand,
  memoryTransport,
} from "../../../../src/testing/mod.ts";
import { decodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";
import { delay, rejection } from "../../../support/async.ts";

type Answer = ReturnType<Transport["request"]>;

async function withPods(
  main: MemoryCommand,
  body: (
    pods: Api<typeof Pod>,
    others: Api<typeof Pod>,
    close: () => Promise<void>,
  ) => Promise<void>,
  answered: (method: string, answer: Answer) => Answer = (_, answer) => answer,
): Promise<void> {
  const memory = memoryTransport({ main });
  let isClosed = false;
  const transport: Transport = {
    name: "memory",
    capabilities: memory.capabilities,
    connect: (request) => memory.connect(request),
    request(request) {
      if (isClosed) return Promise.reject(new Error("the transport is closed"));
      return answered(request.method, memory.request(request));
    },
    // The other client still uses it.
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
  const options = { server: "http://localhost", namespace: "default" };
  const client = await createClient({ ...options, transport });
  const other = await createClient({ ...options, transport: memory });
  try {
    const [pods, others] = [client, other].map((client) =>
      new Api(Pod, { client })
    );
    await body(pods!, others!, () => client.close());
  } finally {
    await client.close();
    await other.close();
  }
}

const waits: MemoryCommand = ({ signal }) =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(1)));

const count = async (pods: Api<typeof Pod>) => (await pods.list()).items.length;

test("the kit's functions run in pods and in debug containers", async () => {
  const main: MemoryCommand = async ({ command, container, stdout, stdin }) => {
    for await (const chunk of stdin) await stdout.write(chunk);
    await stdout.write(`${command.join(" ")} in ${container}\n`);
    return 4;
  };
  await withPods(main, async (pods) => {
    const once = { image: "none", command: ["a", "b"] };
    const result = await pods.runOnce({ ...once, stdin: "input, " });
    assertEquals([result.text(), result.exitCode], ["input, a b in main\n", 4]);
    const session = await pods.streamOnce(once);
    const lines = await Array.fromAsync(session.lines());
    assertEquals([lines, await session.exitCode], [["a b in main"], 4]);
    await session.close();
    assertEquals(await count(pods), 0);
  });
});

test("a pod whose creation has no answer is found and deleted", async () => {
  const cause = new ConnectError("cut", { code: "ECONNRESET" });
  await withPods(waits, async (pods, others) => {
    assertEquals(await rejection(pods.runOnce({ image: "none" })), cause);
    assertEquals(await count(others), 0);
  }, async (method, answer) => {
    await answer;
    if (method === "POST") throw cause;
    return answer;
  });
});

test("the pod of another call that has the name is left alone", async () => {
  let creates = 0;
  await withPods(waits, async (pods, others) => {
    const name = "same";
    const session = await pods.streamOnce({ image: "none", name });
    const { uid } = (await others.get(name)).metadata;
    const second = pods.streamOnce({ image: "none", name });
    await rejection(second, ConnectError);
    assertEquals((await others.get(name)).metadata.uid, uid);
    await session.close();
    assertEquals(await count(others), 0);
  }, async (method, answer) => {
    // The second has none: whether a pod was created is unknown.
    if (method === "POST" && ++creates > 1) {
      await answer.catch(() => {});
      throw new ConnectError("cut", { code: "ECONNRESET" });
    }
    return await answer;
  });
});

test("an abort waits for the answer to the creation, and deletes", async () => {
  const created = Promise.withResolvers<void>();
  const abort = new AbortController();
  await withPods(waits, async (pods, others) => {
    const run = pods.runOnce({ image: "none", signal: abort.signal });
    const failed = rejection(run);
    await created.promise;
    assertEquals(await count(others), 1);
    abort.abort("enough");
    assertEquals(await failed, "enough");
    assertEquals(await count(others), 0);
  }, async (method, answer) => {
    const response = await answer;
    if (method !== "POST") return response;
    created.resolve();
    await delay(30);
    return response;
  });
});

test("a timeout has what was written, and leaves no pod", async () => {
  const main: MemoryCommand = async (process) => {
    await process.stdout.write("begun\n");
    await waits(process);
  };
  await withPods(main, async (pods) => {
    const run = pods.runOnce({ image: "none", timeout: 2_000 });
    const error = await rejection(run, CallTimeoutError);
    assertEquals(error.timeout, 2_000);
    assertEquals(decodeText(error.partial!.stdout), "begun\n");
    assertMatch(error.message, /^Cannot run a pod of none .* within 2000 ms/);
    assertEquals(await count(pods), 0);
  });
});

test("closing the client waits for the deletion", async () => {
  for (const when of ["running", "session", "ended"] as const) {
    const main: MemoryCommand = when === "ended" ? () => 0 : waits;
    await withPods(main, async (pods, others, close) => {
      if (when === "running") {
        const failed = rejection<Error>(pods.runOnce({ image: "none" }));
        while (await count(others) === 0) await delay(1);
        await close();
        const error = await failed;
        assert(error instanceof PodwireError);
        assertMatch(error.message, /the client is closed/);
      } else {
        const session = await pods.streamOnce({ image: "none" });
        if (when === "ended") assertEquals(await session.exitCode, 0);
        await close();
      }
      assertEquals(await count(others), 0, when);
    });
  }
});
