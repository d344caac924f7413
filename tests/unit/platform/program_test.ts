import { assertEquals } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  OutputLimitError,
  type Program,
  type ProgramMachine,
  runProgram,
} from "../../../src/platform/program.ts";
import { BatchArgumentError } from "../../../src/platform/windows_program.ts";
import { stdinIsTerminal } from "../../../src/platform/runtime.ts";
import { decodeText } from "../../../src/bytes.ts";
import { test } from "../../harness.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { rejection } from "../../support/async.ts";

const forever = new AbortController().signal;

/** Runs a program that has what it needs. */
function run(
  command: string,
  args: string[] = [],
  program: Partial<Program> = {},
  signal = forever,
) {
  return runProgram({
    command,
    args,
    env: {},
    interactive: false,
    maxOutput: 1_000,
    ...program,
  }, signal);
}

test("runProgram: a program of the PATH, its arguments as they are, its output as bytes", async () => {
  const end = await run("printf", ["%s|", "a b", "", "$HOME", "ü\xff"]);
  assertEquals(decodeText(end.stdout), "a b||$HOME|ü\xff|");
  assertEquals([end.exitCode, end.signal], [0, null]);
});

test("runProgram: variables are added to our environment, and replace ours", async () => {
  const script = 'echo "$ADDED $HOME ${PATH:+kept}"';
  const env = { ADDED: "one two", HOME: "/replaced" };
  const end = await run("sh", ["-c", script], { env });
  assertEquals(decodeText(end.stdout), "one two /replaced kept\n");
});

test("runProgram: there is nothing on stdin", async () => {
  const end = await run("cat");
  assertEquals([end.exitCode, end.stdout.byteLength], [0, 0]);
});

test("runProgram: the exit code, and the last of what it wrote to stderr", async () => {
  const script = "printf '%5000s' '' >&2; echo end >&2; exit 7";
  const end = await run("sh", ["-c", script]);
  assertEquals(end.exitCode, 7);
  assertEquals(end.stderr.byteLength, 4096);
  assertEquals(decodeText(end.stderr).endsWith("   end\n"), true);
});

test("runProgram: a program that a signal ends has no exit code of its own", async () => {
  const end = await run("sh", ["-c", "kill -9 $$"]);
  // Deno before 2.7 reports it as shells do.
  assertEquals(end.signal ?? end.exitCode, end.signal ? "SIGKILL" : 137);
});

test("runProgram: what is not there, or is no program, rejects with the system's code", () =>
  withTempFolder(async ({ path }) => {
    await mkdir(join(path, "folder"));
    const code = async (command: string) =>
      (await rejection<{ code: string }>(run(command))).code;
    assertEquals(await code("podwire-no-such-program"), "ENOENT");
    assertEquals(await code(join(path, "missing")), "ENOENT");
    assertEquals(await code(join(path, "folder")), "EACCES");
  }));

test("runProgram: more output than is allowed is an error, and the end of the program", async () => {
  await rejection(run("yes", [], { maxOutput: 1e5 }), OutputLimitError);
  const end = await run("printf", ["%01000d", "0"]);
  assertEquals(end.stdout.byteLength, 1_000);
});

test("runProgram: an abort rejects with its reason, once the program is gone", () =>
  withTempFolder(async (folder) => {
    const pid = join(folder.path, "pid");
    const abort = new AbortController();
    const script = `echo $$ > ${pid}; exec sleep 100`;
    const running = rejection(run("sh", ["-c", script], {}, abort.signal));
    const child = Number(await folder.firstLine("pid"));
    assertEquals(isAlive(child), true);
    abort.abort("enough");
    assertEquals(await running, "enough");
    assertEquals(isAlive(child), false);
  }));

test("runProgram: a program that does not listen is killed", () =>
  withTempFolder(async (folder) => {
    const pid = join(folder.path, "pid");
    const abort = new AbortController();
    const script =
      `trap '' TERM; echo $$ > ${pid}; while :; do sleep 0.1; done`;
    const running = rejection(run("sh", ["-c", script], {}, abort.signal));
    const child = Number(await folder.firstLine("pid"));
    abort.abort("enough");
    assertEquals(await running, "enough");
    assertEquals(isAlive(child), false);
  }));

test(
  "runProgram: its own children go with it",
  () =>
    withTempFolder(async (folder) => {
      const pid = join(folder.path, "pid");
      const abort = new AbortController();
      const script = `sleep 100 & echo $! > ${pid}; wait`;
      const running = rejection(run("sh", ["-c", script], {}, abort.signal));
      const grandchild = Number(await folder.firstLine("pid"));
      abort.abort("enough");
      await running;
      for (let round = 0; isAlive(grandchild) && round < 1_000; round++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assertEquals(isAlive(grandchild), false);
    }),
  {
    skip: stdinIsTerminal()
      ? "on a terminal a program stays in our group, where Ctrl-C reaches it"
      : undefined,
  },
);

test("runProgram: a child of its own that lives on does not hold up the result", () =>
  withTempFolder(async (folder) => {
    const pid = join(folder.path, "pid");
    const script = `sleep 100 & echo $! > ${pid}; echo done`;
    const end = await run("sh", ["-c", script]);
    const survivor = Number(await folder.firstLine("pid"));
    assertEquals(isAlive(survivor), true);
    process.kill(survivor);
    assertEquals(decodeText(end.stdout), "done\n");
    assertEquals(end.exitCode, 0);
  }));

test("runProgram: an aborted signal starts nothing", () =>
  withTempFolder(async ({ path }) => {
    const signal = AbortSignal.abort("before");
    const file = join(path, "started");
    assertEquals(await rejection(run("touch", [file], {}, signal)), "before");
    assertEquals((await run("ls", [path])).stdout.byteLength, 0);
  }));

test("runProgram: an interactive program keeps its stderr to the terminal", async () => {
  const script = "exit 3";
  const end = await run("sh", ["-c", script], { interactive: true });
  assertEquals([end.exitCode, end.stderr.byteLength], [3, 0]);
});

/** Windows, as far as its programs are concerned: `sh` runs in their place. */
function windowsMachine(script: string) {
  const started: { command: string; args: readonly string[] }[] = [];
  let main: ChildProcess | null = null;
  const machine: ProgramMachine = {
    platform: "win32",
    env: { Path: "C:\\tools", SystemRoot: "C:\\Windows", Kept: "kept" },
    findsPrograms: false,
    isFile: (path) => path.toLowerCase() === "c:\\tools\\az.cmd",
    spawn: (command, args, options) => {
      started.push({ command, args });
      const isMain = main === null;
      const shell = isMain ? script : `kill -9 ${main!.pid}`;
      const env = { ...options.env, PATH: process.env.PATH };
      const child = spawn("sh", ["-c", shell], { ...options, env });
      main ??= child;
      return child;
    },
  };
  return { machine, started };
}

test("runProgram: on Windows a batch file of the PATH, and variables of any case", async () => {
  const { machine, started } = windowsMachine('echo "$KEPT|$Kept"');
  const program: Program = {
    command: "az",
    args: ["a&b"],
    env: { KEPT: "replaced" },
    interactive: false,
    maxOutput: 100,
  };
  const end = await runProgram(program, forever, machine);
  assertEquals(decodeText(end.stdout), "replaced|\n");
  assertEquals(started, [{
    command: "C:\\Windows\\System32\\cmd.exe",
    args: [
      ...["/d", "/e:ON", "/v:OFF", "/s", "/c"],
      '""C:\\tools\\az.CMD" "a&b""',
    ],
  }]);
  const missing = runProgram({ ...program, command: "aws" }, forever, machine);
  assertEquals((await rejection<{ code: string }>(missing)).code, "ENOENT");
  const bad = runProgram({ ...program, args: ["%PATH%"] }, forever, machine);
  await rejection(bad, BatchArgumentError);
  assertEquals(started.length, 1);
});

test("runProgram: on Windows an abort ends the program with its children", async () => {
  const { machine, started } = windowsMachine("exec sleep 100");
  const abort = new AbortController();
  const program = { command: "az", args: [], env: {}, interactive: false };
  const running = rejection(
    runProgram({ ...program, maxOutput: 100 }, abort.signal, machine),
  );
  abort.abort("enough");
  assertEquals(await running, "enough");
  const [, { command, args } = { command: "", args: [] }] = started;
  assertEquals(command, "C:\\Windows\\System32\\taskkill.exe");
  assertEquals([args[0], ...args.slice(2)], ["/pid", "/t", "/f"]);
});

/** A zombie counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
