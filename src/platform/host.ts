import type { Bytes } from "../bytes.ts";
import {
  belongTogether,
  parseCertificates,
  parsePrivateKey,
} from "./certificates.ts";
import type { Program, ProgramResult } from "./program.ts";
import { stdinIsTerminal } from "./runtime.ts";

/** Access to the machine, for finding a configuration. */
export interface Host {
  /** The environment variable; undefined if it is not set or empty. */
  env(name: string): string | undefined;
  /** Like `env`, but also undefined if reading it needs a permission. */
  grantedEnv(name: string): string | undefined;
  /** Reads a file; rejects with an error of code `ENOENT` if it does not exist. */
  readFile(path: string): Promise<Bytes>;
  /** Whether paths and path lists have the syntax of Windows. */
  readonly windows: boolean;
  /** Whether this process's stdin is a terminal. */
  stdinIsTerminal(): boolean;
  /** Whether a PEM certificate can be parsed. */
  isCertificate(pem: string): boolean;
  /**
   * A problem of a PEM client certificate or its key, or of both together; null
   * if there is none.
   */
  certificateProblem(
    certificate: string,
    key: string,
  ): { readonly of: "certificate" | "key"; readonly problem: string } | null;
  /** Runs a program to its end; see {@linkcode runProgram}. */
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
 * The machine that this runs on; null in a browser or worker, which has neither
 * files nor an environment.
 */
export function hostOf(): Host | null {
  // On Deno, `process.getBuiltinModule` needs no permission; reading a file or a
  // variable does.
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
    isCertificate: (pem) => attempt(() => parseCertificates(pem)) !== undefined,
    certificateProblem,
    async run(program, signal) {
      const { runProgram } = await import("./program.ts");
      return await runProgram(program, signal);
    },
  };
}

function certificateProblem(
  certificate: string,
  key: string,
): { of: "certificate" | "key"; problem: string } | null {
  const certificates = attempt(() => parseCertificates(certificate));
  const problem = "it cannot be parsed";
  if (!certificates) return { of: "certificate", problem };
  const privateKey = attempt(() => parsePrivateKey(key));
  if (privateKey === undefined) return { of: "key", problem };
  // A public key that cannot be read fails the first of both uses.
  const match = attempt(() =>
    belongTogether(certificates[0] ?? null, privateKey)
  );
  if (match === undefined) return { of: "certificate", problem };
  return match
    ? null
    : { of: "certificate", problem: "it does not belong to the private key" };
}

function attempt<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** Only Deno has permissions, and may prompt for them. */
function mayRead(variable: string): boolean {
  const deno = Reflect.get(globalThis, "Deno") as
    | { readonly permissions?: Permissions }
    | undefined;
  const permissions = deno?.permissions;
  return permissions === undefined ||
    permissions.querySync({ name: "env", variable }).state === "granted";
}
