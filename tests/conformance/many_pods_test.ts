// A command in every pod of a target.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  CallTimeoutError,
  groupByOutput,
  type PodResult,
  TargetNotFoundError,
} from "../../mod.ts";
import { hasEnded } from "../backends/test_pod.ts";
import { delay, rejection } from "../support/async.ts";
import { testCase } from "./fixture.ts";
import { labelled, podsOfLabel } from "./labelled_pods.ts";
import { leave, untilLeft } from "./scripts.ts";

const HOSTNAME = { command: ["sh", "-c", 'echo "$HOSTNAME" | wc -l'] };

testCase("runAll: a result for every pod", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  const names = await podsOfLabel(pod, labels, 3);
  await pod();
  const results = await Array.fromAsync(pods.exec.runAll(target, HOSTNAME));
  assertEquals(results.map(({ pod }) => pod).sort(), names.sort());
  for (const { result } of results) assertEquals(result?.text().trim(), "1");
  const groups = groupByOutput(results);
  assertEquals(groups.map(({ pods }) => pods.length), [3]);
});

testCase("runAll: results come as they end", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  const [slow = "", quick = ""] = await podsOfLabel(pod, labels, 2, [
    { container: { env: [{ name: "SLOW", value: "yes" }] } },
    {},
  ]);
  const file = `/tmp/podwire-${crypto.randomUUID()}`;
  const script = `[ "$SLOW" ] || exit 0; ${untilLeft(file)}; exit 1`;
  const command = ["sh", "-c", script];
  const seen: [string, number | null | undefined][] = [];
  for await (
    const { pod, result } of pods.exec.runAll(target, { command })
  ) {
    seen.push([pod, result?.exitCode]);
    if (pod !== quick) continue;
    await pods.exec.run(slow, { command: ["sh", "-c", leave(file)] });
  }
  assertEquals(seen, [[quick, 0], [slow, 1]]);
});

testCase(
  "runAll: a pod that cannot run it stops no other",
  async ({ pods, pod }) => {
    const { target, labels } = labelled();
    const [good = ""] = await podsOfLabel(pod, labels, 1);
    const [completed = ""] = await podsOfLabel(pod, labels, 1, [{
      container: { command: ["true"] },
      spec: { restartPolicy: "Never" },
      until: hasEnded,
    }]);
    const results = await Array.fromAsync(pods.exec.runAll(target, HOSTNAME));
    const of = (name: string) => results.find(({ pod }) => pod === name);
    assertEquals(results.length, 2);
    assertEquals(of(good)?.result?.text().trim(), "1");
    assertInstanceOf(of(completed)?.error, Error);
    assertEquals(of(completed)?.result, null);
  },
);

testCase("runAll: each command has its own timeout", async ({ pods, pod }) => {
  const { target, labels } = labelled();
  await podsOfLabel(pod, labels, 3);
  const options = { command: ["sleep", "20"], timeout: 700, concurrency: 2 };
  const results = await Array.fromAsync(pods.exec.runAll(target, options));
  assertEquals(results.length, 3);
  for (const { error } of results) assertInstanceOf(error, CallTimeoutError);
});

testCase("runAll: input for every command", async ({ pods, pod, socket }) => {
  if (!socket) return;
  const { target, labels } = labelled();
  await podsOfLabel(pod, labels, 2);
  const options = { command: ["cat"], stdin: "hello" };
  const results = await Array.fromAsync(pods.exec.runAll(target, options));
  const texts = results.map(({ result, error }) => result?.text() ?? error);
  assertEquals(texts, ["hello", "hello"]);
}, { protocol: "v5.channel.k8s.io" });

testCase("runAll: abort and leaving end all commands", async (fixture) => {
  const { pods, pod } = fixture;
  const { target, labels } = labelled();
  const [first = ""] = await podsOfLabel(pod, labels, 3);
  const command = ["sh", "-c", `[ "$QUICK" ] || sleep 20`];
  const abort = new AbortController();
  const reason = new Error("enough");
  const options = { command, signal: abort.signal };
  const failure = rejection(
    Array.fromAsync(pods.exec.runAll(target, options)),
  );
  await delay(500);
  abort.abort(reason);
  assertEquals(await failure, reason);

  const stopped: PodResult[] = [];
  const sleeping = pods.exec.runAll(target, { command });
  const next = sleeping.next();
  await delay(300);
  await sleeping.return?.();
  assert((await next).done);
  assertEquals(stopped, []);
  const { exitCode } = await pods.exec.run(first, { command: ["true"] });
  assertEquals(exitCode, 0);
});

testCase("runAll: no pod at all", async ({ pods }) => {
  const { target } = labelled();
  const error = await rejection(pods.exec.runAll(target, HOSTNAME).next());
  assertInstanceOf(error, TargetNotFoundError);
});

testCase("runAll: a pod that does not exist", async ({ pods }) => {
  const name = "no-such-pod";
  const expected = await rejection(pods.exec.run(name, HOSTNAME));
  const [result, ...others] = await Array.fromAsync(
    pods.exec.runAll(name, HOSTNAME),
  );
  assertEquals(others, []);
  assertEquals(result?.error?.message, (expected as Error).message);
});
