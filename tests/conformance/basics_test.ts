// The basic behaviour of exec and attach, one case per feature.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  Api,
  ConfigurationError,
  createClient,
  Deployment,
  HalfCloseUnsupportedError,
  HandshakeError,
  Pod,
  PodwireError,
  SubresourceNotAvailableError,
} from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { pattern, streamOf, textOf } from "../support/bytes.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { rejectsStdin, writtenOrEnded } from "./stdin_outcomes.ts";
import { untilSize } from "./scripts.ts";
import { testCase } from "./fixture.ts";

testCase(
  "basics: createClient() takes a kubeconfig",
  async ({ kubeconfig, namespace, pod }) => {
    const name = await pod();
    const client = await createClient({ kubeconfig: await kubeconfig() });
    try {
      const pods = new Api(Pod, { client, namespace });
      const result = await pods.exec.run(name, { command: ["echo", "found"] });
      assertEquals(result.text(), "found\n");
    } finally {
      await client.close();
    }
  },
  { transports: ["socket"] },
);

testCase(
  "basics: Api(Pod) with create, get, list, delete and waitFor",
  async ({ pods }) => {
    const created = await pods.create({
      metadata: { generateName: "crud-", labels: { app: "crud" } },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    const { name } = created.metadata;
    assert(name.startsWith("crud-"));
    assertEquals((await pods.get(name)).metadata.uid, created.metadata.uid);
    const list = await pods.list({ labelSelector: "app=crud" });
    assertEquals(list.items.map((item) => item.metadata.name), [name]);
    await pods.delete(name, { gracePeriodSeconds: 0 });
    await pods.waitFor(name, (object) => object === undefined, {
      timeout: 5_000,
    });
  },
);

testCase(
  "basics: only resources with the marker expose exec and attach",
  ({ client }) => {
    const deployments = new Api(Deployment, { client });
    for (const subresource of ["exec", "attach"] as const) {
      assertThrows(
        () => deployments[subresource],
        SubresourceNotAvailableError,
        `Cannot use ${subresource} on a Deployment`,
      );
    }
    return Promise.resolve();
  },
  { transports: ["socket"] },
);

testCase(
  "basics: what the transport cannot do is a ConfigurationError at call time, not at import",
  async ({ options }) => {
    const { webTransport } = await import("../../src/adapters/web/mod.ts");
    const client = await createClient({
      ...options(),
      transport: webTransport(),
    });
    const pods = new Api(Pod, { client });
    await assertRejects(
      () => pods.exec.run("any", { command: ["true"] }),
      ConfigurationError,
    );
    await client.close();
  },
  { transports: ["socket"] },
);

testCase(
  "basics: exec.run(name, { command, container, stdin, stdout, stderr, namespace, timeout, signal })",
  async (fixture) => {
    const { pods, namespace } = fixture;
    const name = await fixture.pod();
    const run = pods.exec.run(name, {
      command: ["sh", "-c", "cat; echo err >&2; exit 7"],
      container: "main",
      namespace,
      stdin: "in",
      stdout: true,
      stderr: true,
      timeout: 10_000,
      signal: new AbortController().signal,
    });
    if (fixture.protocol === V4) return await rejectsStdin(fixture, run);
    const result = await run;
    assertEquals(result.text(), "in");
    assertEquals(result.stderrText(), "err\n");
    assertEquals(result.exitCode, 7);
    assertEquals(result.status?.reason, "NonZeroExitCode");
  },
);

testCase(
  "basics: ExecResult: stdout and stderr are bytes, the exit code a number",
  async ({ pods, pod }) => {
    const name = await pod();
    const result = await pods.exec.run(name, {
      command: ["sh", "-c", "printf '\\0\\377a\\r\\nb\\n'; printf err >&2"],
    });
    assertEquals(result.stdout, new Uint8Array([0, 255, 97, 13, 10, 98, 10]));
    assertEquals(result.stderr, new TextEncoder().encode("err"));
    assertEquals([result.exitCode, result.ok], [0, true]);
    const json = await pods.exec.run(name, { command: ["echo", '{"a": [1]}'] });
    assertEquals(json.json<{ a: number[] }>().a, [1]);
    const lines = await pods.exec.run(name, {
      command: ["printf", "a\\r\\n\\nb\\n"],
    });
    assertEquals(lines.lines(), ["a", "", "b"]);
  },
);

testCase(
  "basics: session.lines() gives the lines of stdout as they come",
  async ({ pods, pod }) => {
    const session = await pods.exec.stream(await pod(), {
      command: ["sh", "-c", "printf 'a\\r\\n\\nb\\nc'; exit 3"],
    });
    assertEquals(await Array.fromAsync(session.lines()), ["a", "", "b", "c"]);
    assertEquals(await session.exitCode, 3);
  },
);

for (const code of [0, 1, 7, 126, 127, 255]) {
  testCase(`basics: exit code ${code} is exact`, async ({ pods, pod }) => {
    const name = await pod();
    const result = await pods.exec.run(name, {
      command: ["sh", "-c", `exit ${code}`],
    });
    assertEquals([result.exitCode, result.ok], [code, code === 0]);
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `exit ${code}`],
    });
    assertEquals(await session.exitCode, code);
  });
}

for (
  const [what, fault] of [
    ["is missing", { status: "omit" }],
    ["has no usable content", { status: { garbage: '{"status":"Failure"}' } }],
    ["is not JSON", { status: { garbage: "no" } }],
  ] as const
) {
  testCase(
    `basics: the exit code is null when the status frame ${what}; null is not success`,
    async ({ pods, pod }) => {
      const name = await pod({ fault });
      const result = await pods.exec.run(name, { command: ["echo", "out"] });
      assertEquals(result.exitCode, null);
      assertEquals([result.ok, result.text()], [false, "out\n"]);
      assertThrows(() => result.throwIfFailed(), PodwireError, "unknown");
    },
    { needs: ["faults"] },
  );
}

testCase("basics: stdin null opens no channel", async ({ pods, pod }) => {
  const name = await pod();
  for (const stdin of [undefined, null]) {
    const result = await pods.exec.run(name, { command: ["cat"], stdin });
    assertEquals([result.exitCode, result.stdout.byteLength], [0, 0]);
  }
});

testCase(
  "basics: an empty stdin is opened and half-closed",
  async (fixture) => {
    const name = await fixture.pod();
    for (const stdin of ["", new Uint8Array()]) {
      const run = fixture.pods.exec.run(name, {
        command: ["sh", "-c", "cat; echo end"],
        stdin,
      });
      if (fixture.protocol === V4) await rejectsStdin(fixture, run);
      else assertEquals((await run).text(), "end\n");
    }
  },
);

testCase(
  "basics: bytes, a string and a ReadableStream are written to stdin, which is then half-closed",
  async (fixture) => {
    const name = await fixture.pod();
    const bytes = pattern(300_000);
    const stream = streamOf([bytes.slice(0, 5), bytes.slice(5)]);
    const text = "hé\n";
    for (const stdin of [bytes, stream, text]) {
      const run = fixture.pods.exec.run(name, { command: ["cat"], stdin });
      if (fixture.protocol === V4) await rejectsStdin(fixture, run);
      else if (stdin === text) assertEquals((await run).text(), text);
      else assertEquals((await run).stdout, bytes);
    }
  },
);

testCase(
  "basics: exec.stream gives a session with stdin, stdout, stderr, closeStdin, waitForStatus",
  async ({ pods, pod, protocol }) => {
    const name = await pod();
    const reading = protocol === V4 ? "head -c 7" : "cat";
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `${reading}; echo done >&2; exit 3`],
      stdin: true,
    });
    assertEquals(session.protocol, protocol);
    const texts = Promise.all([textOf(session.stdout), textOf(session.stderr)]);
    await session.write("one ");
    if (protocol === V4) {
      await rejection(session.closeStdin(), HalfCloseUnsupportedError);
    }
    await writtenOrEnded(session.write(new TextEncoder().encode("two")));
    if (protocol !== V4) {
      await session.closeStdin();
      await session.closeStdin();
    }
    assertEquals(await texts, ["one two", "done\n"]);
    assertEquals((await session.waitForStatus())?.status, "Failure");
    assertEquals(await session.exitCode, 3);
  },
);

testCase(
  "basics: with a tty stderr is merged into stdout, and session.stderr ends at once",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "echo out; echo err >&2; tty -s && echo a tty"],
      tty: true,
    });
    assertEquals(await textOf(session.stderr), "");
    assertEquals(await textOf(session.stdout), "out\r\nerr\r\na tty\r\n");
    assertEquals(await session.exitCode, 0);
  },
);

testCase(
  "basics: disposing early closes promptly",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "while :; do echo tick; sleep 0.05; done"],
    });
    const reader = session.stdout.getReader();
    await reader.read();
    const begun = performance.now();
    await session[Symbol.asyncDispose]();
    assert(performance.now() - begun < 3_000);
    assertEquals(await session.waitForStatus(), null);
  },
);

testCase(
  "basics: attach.stream receives the output of the running process",
  async ({ pods, pod }) => {
    const name = await pod({
      container: {
        command: ["sh", "-c", "while :; do echo tick; sleep 0.05; done"],
      },
    });
    const session = await pods.attach.stream(name);
    let seen = "";
    for await (
      const text of session.stdout.pipeThrough(new TextDecoderStream())
    ) {
      seen += text;
      if (seen.includes("tick\ntick\n")) break;
    }
    await session.close();
    assertEquals(await session.exitCode, null);
  },
);

testCase(
  "basics: attach writes to stdin, and closing keeps the pod running",
  async ({ pods, pod }) => {
    const name = await pod({ container: { command: ["cat"], stdin: true } });
    for (const word of ["first", "second"]) {
      const session = await pods.attach.stream(name, { stdin: true });
      const reader = session.stdout.getReader();
      await session.write(`${word}\n`);
      let seen = "";
      while (!seen.includes(word)) {
        seen += new TextDecoder().decode((await reader.read()).value);
      }
      await session.close();
    }
    assertEquals((await pods.get(name)).status?.phase, "Running");
  },
);

testCase(
  "basics: attach with a tty: session.stderr ends at once",
  async ({ pods, pod }) => {
    const name = await pod({
      container: { command: ["cat"], stdin: true, tty: true },
    });
    const session = await pods.attach.stream(name, { stdin: true, tty: true });
    assertEquals(await textOf(session.stderr), "");
    const reader = session.stdout.getReader();
    await session.write("echoed\n");
    let seen = "";
    while (!seen.includes("echoed\r\n")) {
      seen += new TextDecoder().decode((await reader.read()).value);
    }
    await session.close();
  },
);

testCase("basics: there is no attach.run", async ({ pods }) => {
  assertEquals("run" in pods.attach, false);
  await Promise.resolve();
}, { transports: ["socket"] });

testCase(
  "basics: handshake failures, abnormal closes and timeouts are one class of errors",
  async ({ pods, pod, socket }) => {
    const refused = await rejection(
      pods.exec.run("missing", { command: ["true"] }),
      PodwireError,
    );
    if (socket) assertInstanceOf(refused, HandshakeError);
    const lost = await pod({ fault: { status: "omit", then: "drop" } });
    await rejection(pods.exec.run(lost, { command: ["true"] }), PodwireError);
    const name = await pod();
    await rejection(
      pods.exec.run(name, { command: ["sleep", "30"], timeout: 200 }),
      PodwireError,
    );
  },
  { needs: ["faults"] },
);

testCase(
  "basics: defaults of stream: stdin false, stdout true, stderr true, tty false",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: [
        "sh",
        "-c",
        "cat; echo out; echo err >&2; tty -s || echo no tty",
      ],
    });
    await assertRejects(() => session.write("x"), TypeError, "without stdin");
    const texts = await Promise.all([
      textOf(session.stdout),
      textOf(session.stderr),
    ]);
    assertEquals(texts, ["out\nno tty\n", "err\n"]);
  },
);

testCase(
  "basics: resize to 120x40: stty reports 40 120",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh"],
      stdin: true,
      tty: true,
      size: { width: 80, height: 24 },
    });
    const screen = collectText(session.stdout);
    await session.write(`${untilSize("24 80")}\n`);
    await screen.until("24 80\r\n");
    await session.resize({ width: 120, height: 40 });
    await session.write(`${untilSize("40 120")}; exit 5\n`);
    await screen.until("40 120\r\n");
    assertEquals(await session.exitCode, 5);
  },
);
