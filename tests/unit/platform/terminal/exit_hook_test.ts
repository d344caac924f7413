import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "../../../harness.ts";
import { runtimeArgs } from "../../../support/podwire_command.ts";

const PROGRAM = fileURLToPath(
  new URL("exiting_program.ts", import.meta.url),
);

/**
 * Starts the program, sends it a signal when it is ready; gives what it wrote,
 * and what ended it: the signal, or its exit code.
 */
function depart(
  how: "handles" | "leaves" | "stops" | "exits",
  signal: NodeJS.Signals | null,
): Promise<[output: string, end: string | number | null]> {
  const args = [...runtimeArgs(), PROGRAM, how];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
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
    ["SIGTERM", 143],
  ] as const
) {
  test(`departure: ${signal} is told once, and then ends the process`, async () => {
    const [output, end] = await depart("leaves", signal);
    assertEquals(output, `ready\ntold ${code}\n`);
    assertDiedOf(signal, code, end);
  });
}

test("departure: a signal that somebody else handles is left to him", async () => {
  const [output, end] = await depart("handles", "SIGTERM");
  const lines = output.trimEnd().split("\n");
  assertEquals(lines.toSorted(), ["handled", "ready", "told 143"]);
  assertEquals(end, 0);
});

test("departure: who has stopped listening is told nothing", async () => {
  const [output, end] = await depart("stops", "SIGTERM");
  assertEquals(output, "0 0 0\nready\n");
  assertDiedOf("SIGTERM", 143, end);
});

test("departure: the exit of the process is told with its code", async () => {
  assertEquals(await depart("exits", null), ["ready\ntold 4\n", 4]);
});

/** Deno before 2.7 names an exit code for a child's signal, as shells do. */
function assertDiedOf(signal: string, code: number, end: unknown): void {
  assert(end === signal || end === code, `it ended with ${end}`);
}
