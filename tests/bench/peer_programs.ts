import { root } from "../harness/preload/specifiers.ts";
import { cache, provide } from "../tools/runner/cache.ts";
import { buildGo, hasGo } from "../tools/runner/go.ts";
import { runCommand } from "../tools/runner/run_command.ts";
import type { Peer } from "./peers.ts";
import { fileURLToPath } from "node:url";

/**
 * The programs of other languages read their memory from /proc.
 *
 * @throws {Error} Elsewhere.
 */
export function needLinux(): void {
  if (Deno.build.os !== "linux") throw new Error("it needs the /proc of Linux");
}

/** The kubectl of this machine. */
export async function kubectl(): Promise<Peer> {
  const args = ["version", "--client"];
  const { ok, output } = await runCommand({ program: "kubectl", args }, {
    timeout: 30_000,
  });
  const version = output.match(/\d+\.\d+\.\d+/)?.[0];
  if (!ok || !version) throw new Error(output);
  return { version };
}

const SOURCES = new URL("tests/bench/contenders/client_go/", root);

/** Builds the Go program of contenders/client_go/, once for its sources. */
export async function clientGo(): Promise<Peer> {
  needLinux();
  if (!await hasGo()) throw new Error("Go is not on this machine");
  const directory = new URL("client-go/", cache);
  const program = await buildGo(SOURCES, directory, "client");
  const manifest = await Deno.readTextFile(new URL("go.mod", SOURCES));
  const version = manifest.match(/k8s\.io\/client-go v(\S+)/)![1]!;
  return { version, command: { program, args: [] } };
}

const PACKAGES = ["kubex[aiohttp,k8s-1-36]", "kubernetes"];

const VENV = new URL("python/", cache);
const MAIN = new URL("tests/bench/contenders/python/main.py", root);

let installed: Promise<void> | undefined;

/** A client from PyPI, in an environment of its own in the cache. */
export async function fromPyPI(name: string): Promise<Peer> {
  needLinux();
  await (installed ??= provide(VENV, PACKAGES.join("\n"), install)
    .then(upgrade));
  const program = pythonIn(VENV);
  const version = await run(program, [
    "-c",
    `from importlib.metadata import version; print(version("${name}"))`,
  ]);
  // -B: without a folder of compiled modules beside the sources.
  const args = ["-B", fileURLToPath(MAIN)];
  return { version, command: { program, args } };
}

async function install(directory: URL): Promise<void> {
  await run("python3", ["-m", "venv", fileURLToPath(directory)]);
  await pipInstall(directory);
}

/** Takes newer versions than those in the cache; without a network, none. */
async function upgrade(): Promise<void> {
  try {
    await pipInstall(VENV, "--upgrade");
  } catch {
    console.log("Cannot see whether the clients from PyPI are the newest");
  }
}

async function pipInstall(directory: URL, ...more: string[]): Promise<void> {
  // By the module: the programs of an environment do not survive a move.
  const options = ["--quiet", "--no-input", "--disable-pip-version-check"];
  const args = ["-m", "pip", "install", ...options, ...more, ...PACKAGES];
  await run(pythonIn(directory), args);
}

function pythonIn(directory: URL): string {
  return fileURLToPath(new URL("bin/python", directory));
}

/** @throws {Error} The program failed; the message is its output. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const { ok, output } = await runCommand({ program, args }, {
    timeout: 300_000,
  });
  if (!ok) throw new Error(output.trim());
  return output.trim();
}
