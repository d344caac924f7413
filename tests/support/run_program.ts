import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { observeChild } from "./observed_child.ts";

/** The result of a program. */
export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Deno's cache, with the packages, for a program in another home directory. */
export const DENO_DIR = process.env.DENO_DIR ??
  (process.platform === "darwin"
    ? join(homedir(), "Library/Caches/deno")
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "deno"));

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string | Uint8Array = "",
): Promise<ProgramResult> {
  const child = observeChild(spawn(program, args, {
    env: { ...process.env, DENO_DIR, ...env },
  }));
  const stdout: Uint8Array[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Uint8Array) => stdout.push(chunk));
  child.stderr.on("data", (chunk) => stderr += chunk);
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr });
    });
  });
}
