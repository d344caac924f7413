import { assertEquals, assertThrows } from "@std/assert";
import {
  rename,
  type RenamingSystem,
} from "../../../../src/files/local/rename.ts";
import { test } from "../../../harness.ts";

/** A system whose `rename` fails with these codes, one after the other. */
function fakeSystem(
  windows: boolean,
  codes: readonly string[],
  existing: { mode: number; isDirectory: boolean } | null = null,
) {
  const calls: string[] = [];
  const rest = [...codes];
  let slept = 0;
  const fs = {
    renameSync(from: string, to: string) {
      const code = rest.shift();
      calls.push(`${from} ${to} ${code ?? "done"}`);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
    },
    lstatSync: () =>
      existing === null ? undefined : {
        mode: existing.mode,
        isDirectory: () => existing.isDirectory,
        isFile: () => !existing.isDirectory,
      },
    chmodSync(path: string, mode: number) {
      calls.push(`chmod ${path} ${mode.toString(8)}`);
      existing!.mode = mode;
    },
  };
  const sleep = (time: number) => void (slept += time);
  const system = { windows, fs, sleep } as unknown as RenamingSystem;
  return { system, calls, slept: () => slept };
}

const messageOf = (system: RenamingSystem) =>
  assertThrows(() => rename("a", "b", system), Error).message;

test("rename: elsewhere than on Windows, once", () => {
  const { system, calls } = fakeSystem(false, ["EACCES"]);
  assertEquals(messageOf(system), "EACCES");
  assertEquals(calls, ["a b EACCES"]);
});

test("rename: on Windows again, while another process has the file open", () => {
  const { system, calls } = fakeSystem(true, ["EPERM", "EBUSY", "EACCES"]);
  rename("a", "b", system);
  assertEquals(calls, ["a b EPERM", "a b EBUSY", "a b EACCES", "a b done"]);
});

test("rename: on Windows for less than a second, then with the system's error", () => {
  const { system, slept } = fakeSystem(true, Array(50).fill("EBUSY"));
  assertEquals(messageOf(system), "EBUSY");
  assertEquals(slept() > 500 && slept() < 1_000, true);
});

test("rename: on Windows a file that is read-only is replaced, too", () => {
  const existing = { mode: 0o100444, isDirectory: false };
  const { system, calls } = fakeSystem(true, ["EPERM"], existing);
  rename("a", "b", system);
  assertEquals(calls, ["a b EPERM", "chmod b 666", "a b done"]);
});

test("rename: on Windows no attempt again for what time does not change", () => {
  const directory = { mode: 0o40666, isDirectory: true };
  for (
    const [code, existing] of [["EPERM", directory], ["ENOSPC", null]] as const
  ) {
    const { system, calls } = fakeSystem(true, [code], existing);
    assertEquals(messageOf(system), code);
    assertEquals(calls, [`a b ${code}`]);
  }
});
