import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  onExit,
  onSuspend,
  type SignalProcess,
} from "../../../../src/platform/terminal/signals.ts";
import { test } from "../../../harness.ts";
import { observeChild } from "../../../support/observed_child.ts";
import { runtimeArgs } from "../../../support/podwire_command.ts";

const PROGRAM = fileURLToPath(
  new URL("exiting_program.ts", import.meta.url),
);

/**
 * Starts the program and sends it a signal when it is ready. Resolves with its
 * output and the signal or exit code that ended it.
 */
function runProgram(
  behaviour: "handles" | "ignores" | "stops" | "exits",
  signal: NodeJS.Signals | null,
): Promise<[output: string, end: string | number | null]> {
  const args = [...runtimeArgs(), PROGRAM, behaviour];
  const child = observeChild(spawn(process.execPath, args, {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  }));
  let output = "";
  child.stdout!.on("data", (chunk) => {
    const waiting = !output.includes("ready");
    output += chunk;
    if (signal === null || !waiting || !output.includes("ready")) return;
    process.kill(child.pid!, signal);
  });
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve([output, signal ?? code]));
  });
}

for (
  const [signal, code] of [
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
    ["SIGTERM", 143],
  ] as const
) {
  test(`exit hook: ${signal} calls back once, then ends the process`, async () => {
    const [output, end] = await runProgram("ignores", signal);
    assertEquals(output, `ready\ncalled back with ${code}\n`);
    assertDiedOf(signal, code, end);
  });
}

test("exit hook: a signal with another listener does not end the process", async () => {
  const [output, end] = await runProgram("handles", "SIGTERM");
  const lines = output.trimEnd().split("\n");
  assertEquals(lines.toSorted(), ["called back with 143", "handled", "ready"]);
  assertEquals(end, 0);
});

test("exit hook: no callback after it was stopped", async () => {
  const [output, end] = await runProgram("stops", "SIGTERM");
  assertEquals(output, "0 0 0 0\nready\n");
  assertDiedOf("SIGTERM", 143, end);
});

test("exit hook: the process's exit calls back with its code", async () => {
  assertEquals(await runProgram("exits", null), [
    "ready\ncalled back with 4\n",
    4,
  ]);
});

/** A process of another system, which notes how it would end. */
function fakeProcess(platform: string) {
  const ends: string[] = [];
  const events = new EventEmitter();
  const process = Object.assign(events, {
    platform,
    pid: 7,
    kill: (pid: number, name: string) => ends.push(`kill ${pid} ${name}`),
    exit: (code: number) => {
      ends.push(`exit ${code}`);
      events.emit("exit", code);
      throw new Error("exit");
    },
  });
  return { process: process as unknown as SignalProcess, events, ends };
}

for (
  const [platform, names, ends] of [
    ["win32", "SIGHUP SIGINT SIGTERM SIGBREAK", ["exit 149"]],
    ["darwin", "SIGHUP SIGINT SIGQUIT SIGTERM", ["kill 7 SIGTERM"]],
  ] as const
) {
  test(`exit hook: on ${platform} the signals that it has, and an end that it knows`, () => {
    const { process, events, ends: ended } = fakeProcess(platform);
    const codes: number[] = [];
    onExit((code) => codes.push(code), process);
    const listening = events.eventNames().filter((it) => it !== "exit");
    assertEquals(listening.join(" "), names);
    const last = names.split(" ").at(-1)!;
    try {
      events.emit(last);
    } catch (error) {
      assertEquals((error as Error).message, "exit");
    }
    assertEquals(ended, [...ends]);
    assertEquals(codes, [last === "SIGBREAK" ? 149 : 143]);
    assertEquals(events.eventNames(), []);
  });
}

test("suspend hook: none on Windows; on macOS around the stop", () => {
  for (const platform of ["win32", "darwin"]) {
    const { process, events, ends } = fakeProcess(platform);
    const calls: string[] = [];
    events.on("SIGWINCH", () => calls.push("resized"));
    const [suspend, resume] = ["suspend", "resume"].map((name) => () =>
      calls.push(name)
    );
    const stop = onSuspend(suspend!, resume!, process);
    events.emit("SIGTSTP");
    events.emit("SIGCONT");
    const windows = platform === "win32";
    assertEquals(ends, windows ? [] : ["kill 7 SIGSTOP"]);
    assertEquals(calls, windows ? [] : ["suspend", "resume", "resized"]);
    stop();
    assertEquals(events.eventNames(), ["SIGWINCH"]);
  }
});

/** Deno before 2.7 reports an exit code for a signal, as shells do. */
function assertDiedOf(signal: string, code: number, end: unknown): void {
  assert(end === signal || end === code, `ended with ${end}`);
}
