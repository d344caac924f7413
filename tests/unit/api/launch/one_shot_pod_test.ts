// What happens to the pod of a command, over an API server in memory.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Api,
  ApiError,
  BufferOverflowError,
  CallTimeoutError,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
  PodwireError,
  type Transport,
} from "../../../../mod.ts";
import {
  type MemoryCommand,
  memoryTransport,
  type SessionFault,
} from "../../../../src/testing/mod.ts";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";
import { delay, rejection } from "../../../support/async.ts";

type Answer = ReturnType<Transport["request"]>;

interface ServerOptions {
  /** The answer to a request, which is sent by calling the function. */
  readonly answered?: (
    method: string,
    send: () => Answer,
    url: string,
  ) => Answer;
  /** Of the sessions. */
  readonly fault?: SessionFault | null;
  /** What an admission makes of an object. */
  readonly admitted?: (body: string) => string;
  /** Called before an attach; it may throw. */
  readonly connecting?: () => void;
}

async function withPods(
  main: MemoryCommand,
  body: (
    pods: Api<typeof Pod>,
    others: Api<typeof Pod>,
    close: () => Promise<void>,
  ) => Promise<void>,
  {
    answered = (_, send) => send(),
    admitted = (body) => body,
    connecting = () => {},
    fault = null,
  }: ServerOptions = {},
): Promise<void> {
  const memory = memoryTransport({ main, fault });
  let isClosed = false;
  const transport: Transport = {
    name: "memory",
    capabilities: memory.capabilities,
    async connect(request) {
      connecting();
      return await memory.connect(request);
    },
    request(request) {
      if (isClosed) return Promise.reject(new Error("the transport is closed"));
      const { method, body } = request;
      const sent = body instanceof Uint8Array
        ? { ...request, body: encodeText(admitted(decodeText(body))) }
        : request;
      return answered(method, () => memory.request(sent), `${request.url}`);
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

/** A refusal of the server. */
function status(
  httpStatus: number,
  reason: string,
  retryAfter?: string,
): Awaited<Answer> {
  const text = JSON.stringify({ kind: "Status", reason, message: reason });
  const headers = new Headers({ "content-type": "application/json" });
  if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
  const body = new Response(text).body as ReadableStream<
    Uint8Array<ArrayBuffer>
  >;
  return { status: httpStatus, headers, body };
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

test("a container that is not found has ended, which its status shows later", async () => {
  let refusals = 0;
  let ended = Promise.withResolvers<void>();
  const main: MemoryCommand = async ({ stdout }) => {
    await stdout.write("soon\n");
    await ended.promise;
    return 4;
  };
  await withPods(
    main,
    async (pods) => {
      const session = await pods.streamOnce({ image: "none" });
      const lines = await Array.fromAsync(session.lines());
      assertEquals([lines, await session.exitCode], [["soon"], 4]);
      await session.close();
      ended = Promise.withResolvers();
      const result = await pods.runOnce({ image: "none", stdin: "unread" });
      assertEquals([result.text(), result.exitCode], ["soon\n", 4]);
      assertEquals(refusals >= 2, true);
    },
    {
      connecting() {
        if (++refusals >= 2) ended.resolve();
        const body = "container main not found in pod";
        throw new HandshakeError(body, { httpStatus: 500, body });
      },
    },
  );
});

test("a log that lacks the CRs shows that an attach has ended early", async () => {
  const main: MemoryCommand = async ({ stdin, stdout }) => {
    for await (const _ of stdin);
    for (let i = 0; i < 100; i++) await stdout.write("a\r\n".repeat(10));
    return 0;
  };
  const status = { garbage: JSON.stringify({ status: "Success" }) };
  await withPods(main, async (pods) => {
    const result = await pods.runOnce({ image: "none", stdin: "all" });
    assertEquals(result.text(), "a\n".repeat(1000));
    assertEquals([result.interleaved, result.exitCode], [true, 0]);
  }, {
    fault: { afterOutput: 2400, status },
    async answered(_, send, url) {
      const answer = await send();
      if (!/\/log(\?|$)/.test(url)) return answer;
      const body = answer.body.pipeThrough(
        new TransformStream({
          transform: (bytes: Uint8Array<ArrayBuffer>, controller) =>
            controller.enqueue(bytes.filter((byte) => byte !== 13)),
        }),
      );
      return { ...answer, body };
    },
  });
});

test("a pod whose creation has no answer is found and deleted", async () => {
  const cause = new ConnectError("cut", { code: "ECONNRESET" });
  await withPods(waits, async (pods, others) => {
    assertEquals(await rejection(pods.runOnce({ image: "none" })), cause);
    assertEquals(await count(others), 0);
  }, {
    answered: async (method, send) => {
      const response = await send();
      if (method === "POST") throw cause;
      return response;
    },
  });
});

test("a pod that is created after its creation had no answer is found, too", async () => {
  const late = Promise.withResolvers<unknown>();
  await withPods(waits, async (pods, others) => {
    await rejection(pods.runOnce({ image: "none" }), ApiError);
    await late.promise;
    assertEquals(await count(others), 0);
  }, {
    answered: (method, send) => {
      if (method !== "POST") return send();
      late.resolve(delay(150).then(send));
      return Promise.resolve(status(504, "Timeout"));
    },
  });
});

test("nothing is looked for if the server never got the request", async () => {
  const methods: string[] = [];
  await withPods(waits, async (pods) => {
    await rejection(pods.runOnce({ image: "none" }), ConnectError);
    assertEquals(methods, ["POST"]);
  }, {
    answered: (method) => {
      methods.push(method);
      return Promise.reject(new ConnectError("no", { code: "ECONNREFUSED" }));
    },
  });
});

test("a creation that is repeated finds its own pod, and a conflict is repeated", async () => {
  const answers = [
    // It was created all the same.
    { isSent: true, answer: status(503, "ServiceUnavailable", "0") },
    // It is there already; then a quota is in the way.
    null,
    { isSent: false, answer: status(409, "Conflict") },
    null,
  ];
  await withPods(() => 3, async (pods, others) => {
    for (let run = 0; run < 2; run++) {
      const result = await pods.runOnce({ image: "none" });
      assertEquals(result.exitCode, 3);
    }
    assertEquals([answers.length, await count(others)], [0, 0]);
  }, {
    answered: async (method, send) => {
      const next = method === "POST" ? answers.shift()! : null;
      if (next === null) return await send();
      if (next.isSent) await send();
      return next.answer;
    },
  });
});

test("a pod whose name an admission has changed is used, and deleted", async () => {
  await withPods(
    () => 3,
    async (pods, others) => {
      const result = await pods.runOnce({ image: "none" });
      assertMatch(result.pod, /^team-run-/);
      assertEquals(await count(others), 0);
    },
    {
      admitted: (body) => body.replace('"name":"run-', '"name":"team-run-'),
    },
  );
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
  }, {
    answered: async (method, send) => {
      const response = await send();
      // The second has none: whether a pod was created is unknown.
      if (method === "POST" && ++creates > 1) {
        throw new ConnectError("cut", { code: "ECONNRESET" });
      }
      return response;
    },
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
  }, {
    answered: async (method, send) => {
      const response = await send();
      if (method !== "POST") return response;
      created.resolve();
      await delay(30);
      return response;
    },
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

test("output of one long line is whole", async () => {
  const size = 17 * 2 ** 20;
  const main: MemoryCommand = async ({ stdout }) => {
    await stdout.write(new Uint8Array(size).fill(120));
    return 0;
  };
  await withPods(main, async (pods) => {
    const { stdout } = await pods.runOnce({ image: "none" });
    assertEquals([stdout.byteLength, stdout[size - 1]], [size, 120]);
    const short = pods.runOnce({ image: "none", maxBuffer: 1000 });
    const { channel, limit } = await rejection(short, BufferOverflowError);
    assertEquals([channel, limit], ["stdout", 1000]);
  }, {
    connecting: () => {
      throw new ConnectError("no", { code: "UNKNOWN" });
    },
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

test("output without an end fails at maxBuffer, also if it cannot be attached", async () => {
  const ended = Promise.withResolvers<void>();
  const main: MemoryCommand = async ({ signal, stdout }) => {
    try {
      while (!signal.aborted) {
        await stdout.write("0123456789\n".repeat(10));
        await delay(1);
      }
    } finally {
      ended.resolve();
    }
    return 0;
  };
  await withPods(
    main,
    async (pods) => {
      const run = pods.runOnce({ image: "none", maxBuffer: 1000 });
      const { limit, partial } = await rejection(run, BufferOverflowError);
      assertEquals([limit, partial?.stdout.byteLength], [1000, 1000]);
      assertEquals(await count(pods), 0);
      await ended.promise;
    },
    {
      connecting() {
        throw new ConnectError("no", { code: "UNKNOWN" });
      },
    },
  );
});
