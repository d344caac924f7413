import { assertEquals } from "@std/assert";
import { ExecResult } from "../../../src/api/exec_result.ts";
import type { PodResult } from "../../../src/api/exec_run_all.ts";
import { groupByOutput } from "../../../src/api/group_by_output.ts";
import { encodeText } from "../../../src/bytes.ts";
import { ConnectError } from "../../../src/errors.ts";
import type { Status } from "../../../src/status.ts";
import { test } from "../../harness.ts";

test("groups: the largest first, its pods sorted by their numbers", () => {
  const groups = groupByOutput([
    ended("web-10", "a"),
    ended("web-1", "b"),
    ended("web-2", "a"),
  ]);
  assertEquals(groups.map(({ pods }) => pods), [["web-2", "web-10"], [
    "web-1",
  ]]);
  assertEquals(groups.map(({ result }) => result?.text()), ["a", "b"]);
  assertEquals(groups.map(({ error }) => error), [null, null]);
});

test("groups: stdout, stderr and the exit code tell results apart", () => {
  const groups = groupByOutput([
    ended("a", "x"),
    ended("b", "", { stderr: "x" }),
    ended("c", "x", { exitCode: 1 }),
    ended("d", "y"),
    ended("e", "x", { exitCode: null }),
    ended("f", "x"),
  ]);
  assertEquals(groups.map(({ pods }) => pods.join()), [
    "a,f",
    "b",
    "c",
    "d",
    "e",
  ]);
});

test("groups: errors that differ in the pod's name only are one group", () => {
  const refused = (pod: string) => failed(pod, `Cannot exec in "${pod}": down`);
  const groups = groupByOutput([
    refused("web-0"),
    refused("web-1"),
    failed("web-2", 'Cannot exec in "web-2": gone'),
    ended("web-3", ""),
  ]);
  assertEquals(groups.map(({ pods }) => pods.join()), [
    "web-0,web-1",
    "web-2",
    "web-3",
  ]);
  assertEquals(groups[0]?.result, null);
  assertEquals(groups[0]?.error?.message, 'Cannot exec in "web-0": down');
});

test("groups: results are read as they come", async () => {
  async function* results(): AsyncGenerator<PodResult, void> {
    yield ended("a", "x");
    await Promise.resolve();
    yield ended("b", "x");
  }
  const groups = await groupByOutput(results());
  assertEquals(groups.map(({ pods }) => pods), [["a", "b"]]);
});

test("groups: no results are no groups", () => {
  assertEquals(groupByOutput([]), []);
});

function ended(
  pod: string,
  stdout: string,
  { stderr = "", exitCode = 0 as number | null } = {},
): PodResult {
  const causes = [{ reason: "ExitCode", message: String(exitCode) }];
  const status: Status | null = exitCode === null
    ? null
    : exitCode === 0
    ? { status: "Success" }
    : { status: "Failure", reason: "NonZeroExitCode", details: { causes } };
  const result = new ExecResult({
    stdout: encodeText(stdout),
    stderr: encodeText(stderr),
    status,
  });
  return { pod, result, error: null };
}

function failed(pod: string, message: string): PodResult {
  const error = new ConnectError(message, { code: "ECONNREFUSED" });
  return { pod, result: null, error };
}
