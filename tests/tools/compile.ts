/**
 * `deno task compile [bun|deno] [FILE]`: makes the program of `./cli` one file
 * that needs no runtime, `dist/podwire` by default; with Bun unless Deno is
 * named. It is for the system and the processor that this runs on.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  packages,
  readSpecifiers,
  root,
} from "../harness/preload/specifiers.ts";
import { providePackages } from "./runner/packages.ts";
import { runCommand } from "./runner/run_command.ts";
import { provideRuntime } from "./runner/runtimes.ts";

const MAIN = fileURLToPath(new URL("src/cli/main.ts", root));

/** What compiles. */
export const COMPILERS = ["bun", "deno"] as const;

/** One of {@linkcode COMPILERS}. */
export type Compiler = typeof COMPILERS[number];

/**
 * Compiles the program.
 *
 * @param file The path of the executable.
 * @throws {Error} With the compiler's own words.
 */
export async function compile(compiler: Compiler, file: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await (compiler === "bun" ? withBun(file) : withDeno(file));
}

/** Bun has no import map, but knows the paths of a tsconfig.json. */
async function withBun(file: string): Promise<void> {
  const config = await Deno.makeTempFile({ suffix: ".json" });
  const paths = [...readSpecifiers()].map(([name, target]) => [name, [
    fileURLToPath(
      "file" in target
        ? target.file
        : new URL(`node_modules/${target.npm}${target.path}`, packages),
    ),
  ]]);
  const compilerOptions = { paths: Object.fromEntries(paths) };
  await Deno.writeTextFile(config, JSON.stringify({ compilerOptions }));
  try {
    const bun = await provideRuntime("bun");
    const flags = ["--compile", "--minify", `--tsconfig-override=${config}`];
    await succeed(bun, ["build", ...flags, MAIN, "--outfile", file]);
  } finally {
    await Deno.remove(config);
  }
}

/** Deno fetches its runtime for executables, `denort`, the first time. */
async function withDeno(file: string): Promise<void> {
  const flags = ["--quiet", "--no-check", "--allow-all", "--output", file];
  await succeed(Deno.execPath(), ["compile", ...flags, MAIN]);
}

async function succeed(
  program: string,
  args: readonly string[],
): Promise<void> {
  const { ok, output } = await runCommand({ program, args }, {
    timeout: 300_000,
  });
  if (!ok) throw new Error(`Cannot compile the program: ${output}`);
}

if (import.meta.main) {
  const [compiler = "bun", file] = Deno.args;
  if (!COMPILERS.some((known) => known === compiler)) {
    console.error("usage: deno task compile [bun|deno] [FILE]");
    Deno.exit(2);
  }
  await providePackages();
  const exe = Deno.build.os === "windows" ? ".exe" : "";
  const path = file ?? fileURLToPath(new URL(`dist/podwire${exe}`, root));
  await compile(compiler as Compiler, path);
  console.log(path);
}
