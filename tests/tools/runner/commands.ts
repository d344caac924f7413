import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
import { cache } from "./cache.ts";
import { provideRuntime, type RuntimeName } from "./runtimes.ts";

/** A program and its arguments. */
export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

/** Options of a test command. */
export interface TestCommandOptions {
  /** The path of the JUnit report. Defaults to results on the screen. */
  readonly report?: string;
  /** A regular expression that a test's name must match. */
  readonly filter?: string;
}

/** The command that runs test files on a runtime. */
export async function testCommand(
  runtime: RuntimeName,
  files: readonly string[],
  options: TestCommandOptions = {},
): Promise<CommandLine> {
  const program = await provideRuntime(runtime);
  return { program, args: commands[kindOf(runtime)](files, options) };
}

/**
 * Variables for the processes of a runtime's tests. Node keeps what it compiles:
 * without, a program that a test starts compiles the sources for a quarter of a
 * second. (Node 22 does not keep what it makes of TypeScript.)
 */
export function testVariables(runtime: RuntimeName): Record<string, string> {
  if (kindOf(runtime) !== "node") return {};
  const folder = new URL(`compiled/${runtime}/`, cache);
  return { NODE_COMPILE_CACHE: fileURLToPath(folder) };
}

/** The command that runs one of our programs, with access to garbage collection. */
export async function programCommand(
  runtime: RuntimeName,
  file: string,
): Promise<CommandLine> {
  const program = await provideRuntime(runtime);
  const options = {
    deno: ["run", "--allow-all", "--no-check", "--v8-flags=--expose-gc"],
    bun: ["--no-install", `--preload=${preload("bun")}`],
    node: ["--no-warnings", `--import=${preload("node")}`, "--expose-gc"],
  };
  return { program, args: [...options[kindOf(runtime)], file] };
}

const commands = { deno, bun, node };

function kindOf(runtime: RuntimeName): keyof typeof commands {
  return runtime.replace(/\d+$/, "") as keyof typeof commands;
}

function deno(
  files: readonly string[],
  { report, filter }: TestCommandOptions,
): string[] {
  const args = ["test", "--allow-all", "--no-check", "--v8-flags=--expose-gc"];
  if (report !== undefined) args.push(`--junit-path=${report}`);
  if (filter !== undefined) args.push(`--filter=/${filter}/`);
  return [...args, preload("deno"), "--", ...files];
}

function bun(
  files: readonly string[],
  { report, filter }: TestCommandOptions,
): string[] {
  const args = ["--no-install", `--preload=${preload("bun")}`, "test"];
  if (report !== undefined) {
    args.push("--reporter=junit", `--reporter-outfile=${report}`);
  }
  if (filter !== undefined) args.push(`--test-name-pattern=${filter}`);
  // Without "./", Bun treats a name as a pattern.
  return [...args, ...files.map((file) => `./${file}`)];
}

function node(
  files: readonly string[],
  { report, filter }: TestCommandOptions,
): string[] {
  const args = ["--no-warnings", `--import=${preload("node")}`, "--test"];
  // In one process, as on the others: separate ones would reload the sources.
  // (Since Node 23 the option is stable, and still accepts this name.)
  args.push("--experimental-test-isolation=none", "--test-concurrency=1");
  args.push("--test-reporter=spec", "--test-reporter-destination=stdout");
  if (report !== undefined) {
    args.push("--test-reporter=junit", `--test-reporter-destination=${report}`);
  }
  if (filter !== undefined) args.push(`--test-name-pattern=${filter}`);
  return [...args, ...files];
}

function preload(name: "bun" | "deno" | "node"): string {
  const url = new URL(`tests/harness/preload/${name}.ts`, root);
  return name === "node" ? url.href : fileURLToPath(url);
}
