import type { Bytes } from "../bytes.ts";
import type { Program, ProgramResult } from "./program.ts";
import { stdinIsTerminal } from "./runtime.ts";

/** What finding a configuration needs from the machine. */
export interface Host {
  /** The environment variable, undefined when it is not set or empty. */
  env(name: string): string | undefined;
  /** As `env`, but undefined also when that would need a permission. */
  grantedEnv(name: string): string | undefined;
  /** The whole file; rejects with an error of code `ENOENT` when there is none. */
  readFile(path: string): Promise<Bytes>;
  /** Whether paths and their lists are written as on Windows. */
  readonly windows: boolean;
  /** Whether somebody can type at this process's stdin. */
  stdinIsTerminal(): boolean;
  /** Runs a program to its end, as {@linkcode runProgram} does. */
  run(program: Program, signal: AbortSignal): Promise<ProgramResult>;
}

interface FileSystem {
  readFile(path: string): Promise<Bytes>;
}

interface Process {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

interface Permissions {
  querySync(descriptor: { name: "env"; variable: string }): {
    readonly state: string;
  };
}

/**
 * The machine this runs on; null in a browser or worker, which have neither
 * files nor environment.
 */
export function hostOf(): Host | null {
  // Deno has a `process` too; its `getBuiltinModule` asks for no permission
  // until a file is read or a variable looked up.
  const process = Reflect.get(globalThis, "process") as Process | undefined;
  const builtin = process?.getBuiltinModule?.("node:fs/promises");
  if (!process || !builtin) return null;
  const files = builtin as FileSystem;
  const env = (name: string) => process.env[name] || undefined;
  return {
    env,
    grantedEnv: (name) => mayRead(name) ? env(name) : undefined,
    readFile: (path) => files.readFile(path),
    windows: process.platform === "win32",
    stdinIsTerminal,
    async run(program, signal) {
      const { runProgram } = await import("./program.ts");
      return await runProgram(program, signal);
    },
  };
}

/** Only Deno asks for a permission, and may prompt for it. */
function mayRead(variable: string): boolean {
  const deno = Reflect.get(globalThis, "Deno") as
    | { readonly permissions?: Permissions }
    | undefined;
  const permissions = deno?.permissions;
  return permissions === undefined ||
    permissions.querySync({ name: "env", variable }).state === "granted";
}
