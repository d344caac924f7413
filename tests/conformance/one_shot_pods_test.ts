// A pod for one command: its output, its exit code, and that it is deleted.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Api,
  ApiError,
  BufferOverflowError,
  ConnectionLostError,
  HalfCloseUnsupportedError,
  type Pod,
  StdinError,
  WaitFailedError,
} from "../../mod.ts";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { delay, rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { embeddedCase, type Fixture, testCase } from "./fixture.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

type Pods = Api<typeof Pod>;

/** The image that the backend runs. */
const imageOf = ({ podSpec }: Pick<Fixture, "podSpec">): string =>
  podSpec().containers[0]!.image!;

const sh = (script: string) => ({ command: ["sh", "-c", script] });

/** The pods of ours that are left and not being deleted. */
async function leftovers(pods: Pods): Promise<string[]> {
  const { items } = await pods.list({
    labelSelector: "app.kubernetes.io/managed-by=podwire",
  });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
}

testCase(
  "one-shot pods: output, exit code and the end of the pod",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const result = await pods.runOnce({
      image,
      ...sh('echo "$GREETING"; echo no >&2; exit 3'),
      env: { GREETING: "hello", LEFT_OUT: undefined },
    });
    const { stdout, stderr } = result;
    const lines = [result.text(), result.stderrText()].join("").split("\n");
    assertEquals(lines.sort(), ["", "hello", "no"]);
    assertEquals(stdout.byteLength + stderr.byteLength, 9);
    assertEquals(result.interleaved, stderr.byteLength === 0);
    assertEquals([result.exitCode, result.reason], [3, "Error"]);
    assertEquals(result.leftover, null);
    assertMatch(result.pod, /^run-/);
    assertEquals(await leftovers(pods), []);
  },
);

testCase(
  "one-shot pods: nothing of 1 MiB is lost that is written at once",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const { stdout, ok, stderr } = await pods.runOnce({
      image,
      // Short lines would take a busy containerd too long; see debug_test.ts.
      ...sh("yes $(printf %01023d 7) | head -c 1048576"),
    });
    assert(ok);
    assertEquals([stdout.byteLength, stderr.byteLength], [2 ** 20, 0]);
    const line = new TextEncoder().encode(`${"7".padStart(1023, "0")}\n`);
    assert(stdout.every((byte, index) => byte === line[index % 1024]));
  },
);

testCase(
  "one-shot pods: a pod that is active for too long is ended, and says so",
  async (fixture) => {
    const { pods } = fixture;
    const run = pods.runOnce({
      image: imageOf(fixture),
      command: ["sleep", "600"],
      spec: { activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 1 },
    });
    // On a busy machine, it may be over before the command has started.
    const ended = await run.catch((error: WaitFailedError) => error);
    assertEquals(ended.reason, "DeadlineExceeded");
    assertMatch(
      ended instanceof Error ? ended.message : ended.status!.message!,
      /Pod was active on the node longer than the specified deadline/,
    );
    assertEquals(await leftovers(pods), []);
  },
  { shared: true },
);

testCase(
  "one-shot pods: stdin is written, closed, and the output is apart",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const result = await pods.runOnce({
      image,
      ...sh("cat; echo done >&2"),
      stdin: "some\ninput",
    });
    assertEquals(result.exitCode, 0);
    assertEquals(result.text(), "some\ninput");
    assertEquals(result.stderrText(), "done\n");
    assert(!result.interleaved);
  },
  { protocol: V5 },
);

testCase(
  "one-shot pods: a server with v4 alone has no end of stdin",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const run = pods.runOnce({ image, ...sh("cat"), stdin: "x" });
    await rejection(run, HalfCloseUnsupportedError);
    assertEquals(await leftovers(pods), []);
  },
  { protocol: V4 },
);

testCase(
  "one-shot pods: a session has all output, the exit code and its pod",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const session = await pods.streamOnce({
      image,
      ...sh('echo first; read line; echo "got $line"; exit 7'),
      stdin: true,
    });
    const output = collectText(session.stdout);
    await output.until("first\n");
    assertEquals((await pods.get(session.pod)).spec?.restartPolicy, "Never");
    await writtenOrEnded(session.write("word\n"));
    assertEquals(await output.ended, "first\ngot word\n");
    assertEquals(await session.exitCode, 7);
    assertEquals(await session.leftover(), null);
    assertEquals(await leftovers(pods), []);
  },
);

testCase(
  "one-shot pods: a session that is closed or aborted leaves no pod",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const open = (signal?: AbortSignal) =>
      pods.streamOnce({
        image,
        ...sh("echo here; cat; sleep 600"),
        stdin: true,
        ...(signal && { signal }),
      });
    const closed = await open();
    await collectText(closed.stdout).until("here\n");
    await closed.close();
    assertEquals(await leftovers(pods), []);
    const abort = new AbortController();
    const aborted = await open(abort.signal);
    const reason = new Error("enough");
    abort.abort(reason);
    assertEquals(await rejection(aborted.waitForStatus()), reason);
    assertEquals(await aborted.leftover(), null);
    assertEquals(await leftovers(pods), []);
  },
);

testCase(
  "one-shot pods: an abort at any time leaves no pod",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    for (const after of [0, 5, 15, 40, 100]) {
      const abort = new AbortController();
      const run = pods.runOnce({
        image,
        ...sh("sleep 600"),
        signal: abort.signal,
      });
      const failed = rejection(run);
      await delay(after);
      abort.abort(after);
      assertEquals(await failed, after);
      assertEquals(await leftovers(pods), []);
    }
    const signal = AbortSignal.abort("before");
    assertEquals(
      await rejection(pods.runOnce({ image, signal })),
      "before",
    );
  },
);

testCase(
  "one-shot pods: the exit code of a process that is killed",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    // A cluster makes one dollar sign of two in a command.
    const killed = sh("sleep 9 & kill -9 $!; wait $!; exit $?");
    const result = await pods.runOnce({ image, ...killed });
    assertEquals([result.exitCode, result.ok], [137, false]);
    assertMatch(result.status?.message ?? "", /exit code 137 \(Error\)/);
  },
);

testCase(
  "one-shot pods: too much output, a failing stdin and a closed client",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const flood = pods.runOnce({
      image,
      ...sh("yes | head -c 100000"),
      maxBuffer: 1000,
    });
    const { limit } = await rejection(flood, BufferOverflowError);
    assertEquals(limit, 1000);
    async function* stdin() {
      yield new Uint8Array(3);
      throw new Error("broken");
    }
    const failing = pods.runOnce({
      image,
      ...sh("cat"),
      stdin: stdin(),
    });
    await rejection(failing, StdinError);
    assertEquals(await leftovers(pods), []);
  },
  { protocol: V5 },
);

embeddedCase(
  "one-shot pods: an image that cannot be pulled fails in the cluster's words",
  async (fixture) => {
    const { pods } = fixture;
    const image = "registry.invalid/none:1";
    for (const method of ["runOnce", "streamOnce"] as const) {
      const error = await rejection(pods[method]({ image }), WaitFailedError);
      assertMatch(error.reason, /^(ErrImagePull|ImagePullBackOff)$/);
      assertMatch(error.message, /^Cannot run a pod of registry.invalid/);
      assertMatch(error.message, /no such host/);
    }
    assertEquals(await leftovers(pods), []);
  },
);

embeddedCase(
  "one-shot pods: logs and attachments that are cut lose no output",
  async (fixture, cluster) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const script = "i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); " +
      "sleep 0.02; done";
    const expected = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    cluster.logFault = { afterLines: 4, midLine: true, times: 2 };
    cluster.fault = { afterOutput: 40, then: "drop" };
    const result = await pods.runOnce({ image, ...sh(script) });
    assertEquals(result.lines(), expected);
    assertEquals([result.ok, result.interleaved], [true, true]);
    // A session has what it is attached to.
    const session = await pods.streamOnce({ image, ...sh(script) });
    await rejection(session.waitForStatus(), ConnectionLostError);
    assertEquals(await session.leftover(), null);
    assertEquals(await leftovers(pods), []);
  },
);

embeddedCase(
  "one-shot pods: a quota refuses in the server's words",
  async (fixture, cluster) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const message = 'pods "x" is forbidden: exceeded quota: few, ' +
      "requested: pods=1, used: pods=5, limited: pods=5";
    cluster.requestFault = {
      method: "POST",
      path: "/pods",
      httpStatus: 403,
      body: JSON.stringify({
        kind: "Status",
        status: "Failure",
        message,
        reason: "Forbidden",
        code: 403,
      }),
    };
    const error = await rejection(pods.runOnce({ image }), ApiError);
    assertEquals(error.httpStatus, 403);
    assertMatch(error.message, /exceeded quota: few/);
    assertEquals(await leftovers(pods), []);
  },
);

embeddedCase(
  "one-shot pods: a deletion that fails hides no result and no error",
  async (fixture, cluster) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const fail = (httpStatus: number, times: number) => {
      cluster.requestFault = { method: "DELETE", httpStatus, times };
    };
    fail(403, 1);
    const result = await pods.runOnce({ image, ...sh("echo out") });
    assertEquals(result.text(), "out\n");
    assert(result.leftover instanceof ApiError);
    assertEquals(await leftovers(pods), [result.pod]);
    await pods.delete(result.pod);
    fail(403, 1);
    const run = pods.runOnce({ image: "registry.invalid/none" });
    await rejection(run, WaitFailedError);
    fail(500, 2);
    const repeated = await pods.runOnce({ image, ...sh("exit 1") });
    assertEquals([repeated.exitCode, repeated.leftover], [1, null]);
    assertEquals((await leftovers(pods)).length, 1);
  },
);

testCase(
  "one-shot pods: a session has each line once, whenever it was attached",
  async (fixture) => {
    const { pods } = fixture;
    const script = "i=100; while [ $i -lt 180 ]; do echo out $i; " +
      "echo err $i >&2; i=$((i+1)); sleep 0.01; done; exit 2";
    const session = await pods.streamOnce({
      image: imageOf(fixture),
      ...sh(script),
    });
    const texts = [session.stdout, session.stderr]
      .map((stream) => collectText(stream).ended);
    const lines = (await Promise.all(texts)).join("").trimEnd().split("\n");
    const expected = Array.from({ length: 80 }, (_, index) => 100 + index)
      .flatMap((number) => [`out ${number}`, `err ${number}`]);
    assertEquals(lines.sort(), expected.sort());
    assertEquals(await session.exitCode, 2);
    await session.close();
  },
);

testCase(
  "one-shot pods: many at once",
  async (fixture) => {
    const { pods, maxConcurrency } = fixture;
    const image = imageOf(fixture);
    const count = Math.min(100, 2 * maxConcurrency);
    const results = await Promise.all(
      Array.from(
        { length: count },
        (_, index) => pods.runOnce({ image, command: ["echo", `${index}`] }),
      ),
    );
    assertEquals(
      results.map((result) => result.text()),
      results.map((_, index) => `${index}\n`),
    );
    assertEquals(await leftovers(pods), []);
  },
  { timeout: 60_000 },
);

testCase(
  "one-shot pods: spec, labels and names are the caller's",
  async (fixture) => {
    const { pods } = fixture;
    const image = imageOf(fixture);
    const session = await pods.streamOnce({
      image,
      name: `mine-${crypto.randomUUID().slice(0, 8)}`,
      container: "tool",
      labels: { app: "report" },
      command: ["sh"],
      stdin: true,
      tty: true,
      size: { width: 80, height: 24 },
      spec: {
        terminationGracePeriodSeconds: 3,
        activeDeadlineSeconds: 300,
        containers: [{ name: "tool", resources: { limits: { cpu: "1" } } }],
      },
    });
    const { metadata, spec } = await pods.get(session.pod);
    assertEquals(metadata.labels?.app, "report");
    const [tool, ...others] = spec!.containers;
    assertEquals(others, []);
    assertEquals([tool?.name, session.container], ["tool", "tool"]);
    assertEquals(tool?.resources?.limits?.cpu, "1");
    assertEquals(spec?.terminationGracePeriodSeconds, 3);
    assertEquals(spec?.activeDeadlineSeconds, 300);
    const output = collectText(session.stdout);
    await writtenOrEnded(session.write("stty size; exit 4\n"));
    await output.ended;
    assertMatch(output.text, /24 80/);
    assertEquals(await session.exitCode, 4);
    await session.close();
    assertEquals(await leftovers(pods), []);
  },
);
