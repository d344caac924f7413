import type { Host } from "../../src/platform/host.ts";
import type { Program, ProgramResult } from "../../src/platform/program.ts";
import { type Bytes, encodeText } from "../../src/bytes.ts";

/** What a fake program does. */
export type FakeProgram = (
  program: Program,
  signal: AbortSignal,
) => Promise<Partial<ProgramResult>>;

/** A host with in-memory variables and files; tests may change both. */
export class FakeHost implements Host {
  readonly windows: boolean;
  readonly variables: Record<string, string>;
  readonly files: Record<string, string | Bytes>;
  /** The paths read, in order. */
  readonly readPaths: string[] = [];
  /** Whether stdin is a terminal. */
  terminal = false;
  /** Parses certificates; null: any is valid, since those of most tests are not real. */
  parser: Pick<Host, "isCertificate" | "certificateProblem"> | null = null;
  /** The programs run, in order. */
  readonly programs: Program[] = [];
  readonly #program: FakeProgram;

  constructor(machine: {
    env?: Record<string, string>;
    files?: Record<string, string | Bytes>;
    windows?: boolean;
    program?: FakeProgram;
  } = {}) {
    this.variables = machine.env ?? {};
    this.files = machine.files ?? {};
    this.windows = machine.windows ?? false;
    this.#program = machine.program ?? missing;
  }

  env(name: string): string | undefined {
    return this.variables[name] || undefined;
  }

  grantedEnv(name: string): string | undefined {
    return this.env(name);
  }

  readFile(path: string): Promise<Bytes> {
    this.readPaths.push(path);
    const file = this.files[path];
    if (file === undefined) return missing();
    return Promise.resolve(typeof file === "string" ? encodeText(file) : file);
  }

  stdinIsTerminal(): boolean {
    return this.terminal;
  }

  isCertificate(pem: string): boolean {
    return this.parser?.isCertificate(pem) ?? true;
  }

  certificateProblem(
    certificate: string,
    key: string,
  ): ReturnType<Host["certificateProblem"]> {
    return this.parser?.certificateProblem(certificate, key) ?? null;
  }

  async run(program: Program, signal: AbortSignal): Promise<ProgramResult> {
    this.programs.push(program);
    const nothing = new Uint8Array();
    const end = await this.#program(program, signal);
    return {
      exitCode: 0,
      signal: null,
      stdout: nothing,
      stderr: nothing,
      ...end,
    };
  }
}

/** The result of a program that wrote `output` and exited with 0. */
export function programOutput(output: unknown): Partial<ProgramResult> {
  const text = typeof output === "string" ? output : JSON.stringify(output);
  return { stdout: encodeText(text) };
}

function missing(): Promise<never> {
  const error = new Error("there is no such file");
  return Promise.reject(Object.assign(error, { code: "ENOENT" }));
}
