import { assertEquals, assertStringIncludes } from "@std/assert";
import { LocalContainer } from "../../../../src/testing/containers/local_container.ts";
import { test } from "../../../harness.ts";

const flags = { stdin: false, stdout: true, stderr: true, tty: false };
const owner = { pod: "web-0", namespace: "default" };

test("local container: on Windows nothing starts, and every command says why", async () => {
  const container = new LocalContainer({ name: "main" }, owner, "win32");
  const outcomes = [
    await container.ended,
    await container.exec(["sh"], flags).ended,
    await container.exec(["sh"], { ...flags, tty: true }).ended,
  ];
  for (const outcome of outcomes) {
    const failure = "failure" in outcome ? outcome.failure : "it started";
    assertStringIncludes(failure, "POSIX processes, which Windows does not");
  }
  await container.stop(0);
});

test("local container: on macOS commands run, but not in a terminal", async () => {
  const container = new LocalContainer({ name: "main" }, owner, "darwin");
  const run = async (tty: boolean) => {
    const process = container.exec(["true"], { ...flags, tty });
    process.open({ output: () => {} });
    return await process.ended;
  };
  assertEquals(await run(false), { exitCode: 0 });
  assertEquals(await run(true), {
    failure: "a terminal needs Linux and its script program",
  });
  await container.stop(0);
});
