import { assertEquals } from "@std/assert";
import { killProcess } from "../../../src/api/kill_process.ts";
import { ExecResult } from "../../../src/api/exec_result.ts";
import { encodeText } from "../../../src/bytes.ts";
import { test } from "../../harness.ts";

const ended = (text: string, status: string) =>
  Promise.resolve(
    new ExecResult({
      stdout: encodeText(text),
      stderr: encodeText(""),
      status: { status },
    }),
  );

test("kill: only a success that says so counts", async () => {
  const target = { pid: "1", startTime: "2" };
  for (
    const [run, killed] of [
      [() => ended("gone\n", "Success"), true],
      // An API server that loses the node reports success.
      [() => ended("", "Success"), false],
      [() => ended("gone\n", "Failure"), false],
      [() => Promise.reject(new Error("forbidden")), false],
    ] as const
  ) {
    assertEquals(await killProcess(target, ["KILL"], run), killed);
  }
});
