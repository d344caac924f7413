import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import process from "node:process";

/** The result of a program. */
export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string | Uint8Array = "",
): Promise<ProgramResult> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
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
