import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";
import { codeOf } from "./local_failure.ts";

/** What renaming takes of the machine; tests replace it. */
export interface RenamingSystem {
  readonly windows: boolean;
  readonly fs: Pick<typeof fs, "renameSync" | "lstatSync" | "chmodSync">;
  /** Waits, in milliseconds. */
  sleep(time: number): void;
}

/** Milliseconds between the attempts on Windows: 0.8 s in all. */
const DELAYS = [1, 2, 5, 10, 30, 50, 100, 200, 400];

/**
 * Moves something to another name, and replaces a file or a link that has it, as
 * POSIX does. Windows refuses that while another process, such as a virus
 * scanner, has one of both open, so it is tried for a moment; and it refuses to
 * replace a file that is read-only.
 */
export function rename(
  from: string,
  to: string,
  system: RenamingSystem = thisSystem(),
): void {
  const { windows, fs } = system;
  for (const delay of windows ? DELAYS : []) {
    try {
      return fs.renameSync(from, to);
    } catch (error) {
      if (!/^(EPERM|EACCES|EBUSY)$/.test(codeOf(error) ?? "")) throw error;
      const existing = fs.lstatSync(to, { throwIfNoEntry: false });
      if (existing?.isDirectory()) throw error;
      const isReadOnly = existing?.isFile() && (existing.mode & 0o200) === 0;
      if (isReadOnly) fs.chmodSync(to, 0o666);
    }
    system.sleep(delay);
  }
  fs.renameSync(from, to);
}

function thisSystem(): RenamingSystem {
  return {
    windows: builtin("node:process").platform === "win32",
    fs: builtin("node:fs"),
    sleep: (time) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
    },
  };
}
