import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  ApiError,
  type Client,
  type ClientOptions,
  ConfigurationError,
  ConnectionLostError,
  createClient,
  HalfCloseUnsupportedError,
  HandshakeError,
  isRunning,
  Pod,
} from "../../../mod.ts";
import {
  type MemoryTransport,
  memoryTransport,
  type MemoryTransportOptions,
} from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";

/** Runs `body` against a server in memory where the pod web-0 runs. */
async function withMemory(
  options: MemoryTransportOptions,
  body: (pods: Api<typeof Pod>, client: Client) => Promise<void>,
  clientOptions: ClientOptions = {},
): Promise<void> {
  const transport = memoryTransport({ pods: ["web-0"], ...options });
  const server = "http://memory";
  const client = await createClient({ server, transport, ...clientOptions });
  try {
    await body(new Api(Pod, { client, namespace: "default" }), client);
  } finally {
    await client.close();
  }
}

test("memory: a script's output and exit code are the result", () =>
  withMemory({
    exec: async ({ command, pod, namespace, container, stdout, stderr }) => {
      await stdout.write(`${command.join(" ")} in ${namespace}/${pod}/`);
      await stdout.write(container);
      await stderr.write(new Uint8Array([101, 114, 114]));
      return 3;
    },
  }, async (pods) => {
    const result = await pods.exec.run("web-0", { command: ["ls", "-la"] });
    assertEquals(result.text(), "ls -la in default/web-0/main");
    assertEquals(result.stderrText(), "err");
    assertEquals(result.exitCode, 3);
  }));

test("memory: scripts by the name of the program; other programs are missing", () =>
  withMemory({
    exec: { true: () => {}, false: () => 1 },
    protocols: ["v5"],
  }, async (pods) => {
    const code = async (program: string) =>
      (await pods.exec.run("web-0", { command: [program] })).exitCode;
    assertEquals([await code("true"), await code("false")], [0, 1]);
    const missing = await pods.exec.run("web-0", { command: ["toString"] });
    assertEquals(missing.exitCode, null);
    assertEquals(
      missing.status?.message,
      "Internal error occurred: Internal error occurred: error executing command in container: " +
        'exec: "toString": executable file not found in $PATH',
    );
  }));

test("memory: a script reads stdin to its end, under backpressure both ways", () =>
  withMemory({
    exec: ({ stdin, stdout }) => stdin.pipeTo(stdout.writable),
  }, async (pods) => {
    const stdin = new Uint8Array(5_000_000).map((_, index) => index * 3);
    const result = await pods.exec.run("web-0", { command: ["cat"], stdin });
    assertEquals(result.stdout, stdin);
  }));

test("memory: an error of a script fails the session", () =>
  withMemory({
    exec: () => {
      throw new Error("no such luck");
    },
  }, async (pods) => {
    const result = await pods.exec.run("web-0", { command: ["x"] });
    assertEquals([result.ok, result.exitCode], [false, null]);
    assert(result.status?.message?.endsWith("no such luck"));
  }));

test("memory: exit ends a script that still runs", () =>
  withMemory({
    exec: async ({ exit, signal, stdout }) => {
      await stdout.write("before");
      exit(9);
      assert(signal.aborted);
      await stdout.write("after");
      return 0;
    },
  }, async (pods) => {
    const result = await pods.exec.run("web-0", { command: ["x"] });
    assertEquals([result.exitCode, result.text()], [9, "before"]);
  }));

test("memory: a terminal's sizes, the first one from the start", () =>
  withMemory({
    exec: async (process) => {
      await process.stderr.write(`${process.tty} ${process.size?.width} `);
      const sizes = process.resizes.getReader();
      const { value } = await sizes.read();
      await process.stdout.write(`${value?.width} ${process.size?.width}`);
    },
  }, async (pods) => {
    const session = await pods.exec.stream("web-0", {
      command: ["sh"],
      tty: true,
      size: { width: 80, height: 24 },
    });
    const text = new Response(session.stdout).text();
    await session.resize({ width: 120, height: 40 });
    assertEquals(await text, "true 80 120 120");
    assertEquals(await session.exitCode, 0);
  }));

test("memory: attach connects to the main process, which survives it", () =>
  withMemory({
    main: async ({ stdin, stdout }) => {
      for await (const chunk of stdin) {
        await stdout.write(`got ${new TextDecoder().decode(chunk)}`);
      }
    },
  }, async (pods) => {
    await pods.create({
      metadata: { name: "repl" },
      spec: { containers: [{ name: "main", image: "none", stdin: true }] },
    });
    await pods.waitFor("repl", isRunning);
    for (const word of ["a", "b"]) {
      const session = await pods.attach.stream("repl", { stdin: true });
      await session.write(word);
      const { value } = await session.stdout.getReader().read();
      assertEquals(new TextDecoder().decode(value), `got ${word}`);
      await session.close();
    }
  }));

test("memory: pods are created Pending, run a moment later, and are deleted", () =>
  withMemory({ startupDelay: 20 }, async (pods) => {
    const pod = await pods.create({
      metadata: { generateName: "x-" },
      spec: { containers: [{ name: "main", image: "none" }] },
    });
    assertEquals(pod.status?.phase, "Pending");
    const { name } = pod.metadata;
    await pods.waitFor(name, isRunning);
    await pods.delete(name);
    await assertRejects(() => pods.get("nobody"), ApiError, "not found");
  }));

test("memory: deleting a pod ends its processes", () =>
  withMemory({
    exec: ({ signal, stdout }) =>
      new Promise((resolve) => {
        stdout.write("up");
        signal.addEventListener("abort", () => resolve(0));
      }),
  }, async (pods) => {
    const session = await pods.exec.stream("web-0", { command: ["x"] });
    await session.stdout.getReader().read();
    await pods.delete("web-0");
    assertEquals(await session.exitCode, 137);
  }));

test("memory: a pod that is deleted before the upgrade's response runs nothing", async () => {
  const asked = Promise.withResolvers<void>();
  const allows = ({ resource }: { resource: string }) => {
    if (resource === "pods/exec") asked.resolve();
    return true;
  };
  await withMemory({
    exec: () => {},
    protocols: ["v4"],
    fault: { delay: 50 },
    users: [{ name: "u", token: "t", allows }],
  }, async (pods) => {
    const running = pods.exec.run("web-0", { command: ["x"] });
    await asked.promise;
    await pods.delete("web-0");
    const { status } = await running;
    assertEquals(
      status?.message,
      "Internal error occurred: error executing command in container: " +
        "container is not running",
    );
  }, { token: "t" });
});

test("memory: refusals are those of an API server", () =>
  withMemory({ protocols: ["v4"] }, async (pods) => {
    const error = await assertRejects(
      () => pods.exec.stream("web-1", { command: ["x"] }),
      HandshakeError,
    );
    assertEquals([error.httpStatus, error.apiStatus?.reason], [
      404,
      "NotFound",
    ]);
    await assertRejects(
      () => pods.exec.run("web-0", { command: ["x"], stdin: "" }),
      HalfCloseUnsupportedError,
    );
  }));

test("memory: users are identified by their tokens", async () => {
  const users = [{ name: "u", token: "t", allows: () => false }];
  const refused = async (token: string) => {
    let status = 0;
    await withMemory({ users }, async (pods) => {
      const list = () => pods.list();
      status = (await assertRejects(list, ApiError)).httpStatus;
    }, { token });
    return status;
  };
  assertEquals([await refused("t"), await refused("wrong")], [403, 401]);
});

test("memory: an injected fault", () =>
  withMemory({
    exec: ({ stdout }) => stdout.write("half"),
    fault: { status: "omit", then: "drop" },
  }, async (pods) => {
    const error = await assertRejects(
      () => pods.exec.run("web-0", { command: ["x"] }),
      ConnectionLostError,
    );
    assertEquals(new TextDecoder().decode(error.partial?.stdout), "half");
  }));

test("memory: after close it refuses requests", async () => {
  const transport = memoryTransport();
  await transport.close();
  await assertRejects(
    () =>
      transport.request({
        method: "GET",
        url: new URL("https://memory/version"),
        headers: {},
        tls: {},
        proxy: null,
        signal: new AbortController().signal,
        body: null,
      }),
    ConfigurationError,
    "the memory transport is closed",
  );
});

test("memory: requests and upgrades are refused on request, and repeated", () =>
  withMemory({ exec: { true: () => {} } }, async (pods, client) => {
    const transport = client.transport as MemoryTransport;
    const soon = { headers: { "retry-after": "0" }, times: 2 };
    transport.requestFault = { ...soon, path: "/exec" };
    assert((await pods.exec.run("web-0", { command: ["true"] })).ok);
    transport.requestFault = soon;
    assertEquals((await pods.get("web-0")).metadata.name, "web-0");
    transport.requestFault = { httpStatus: 503, path: /\/web-0$/ };
    const error = await assertRejects(() => pods.get("web-0"), ApiError);
    assertEquals([error.httpStatus, error.attempts], [503, 1]);
  }));
