import { fileURLToPath } from "node:url";
import { root } from "../runtimes/specifiers.ts";
import { cache, provide } from "./cache.ts";
import { hasGo } from "./go.ts";
import { runCommand } from "./run_command.ts";
import { type ServerProcess, startServer } from "./server_process.ts";

const SOURCES = new URL("tests/upstream/", root);
const PROGRAM = new URL("upstream/", cache);
const REPORTS = new URL("reports/", cache);
const BUILD_TIMEOUT = 20 * 60_000;

/** The upstream server while tests run. */
export interface Upstream {
  /** What tells the tests where it is, or why there is none. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it, and every process it started. */
  close(): Promise<void>;
}

/**
 * Builds the Go program of tests/upstream/, once for its sources, and starts
 * it. Without Go the tests that need it are skipped, with the reason.
 *
 * @param authority The directory of the authority that signs its certificate.
 */
export async function startUpstream(authority: string): Promise<Upstream> {
  if (!await hasGo()) {
    const reason = "Go is not on this machine";
    console.error(`The upstream server is not built: ${reason}`);
    return missing(reason);
  }
  const program = await build();
  await Deno.mkdir(REPORTS, { recursive: true });
  const server = await startServer(
    { program, args: ["--authority", authority] },
    fileURLToPath(new URL("upstream.log", REPORTS)),
  );
  return running(program, server);
}

function missing(reason: string): Upstream {
  const env = { PODWIRE_UPSTREAM_MISSING: reason };
  return { env, close: () => Promise.resolve() };
}

/** A test that kills its server starts the program for itself. */
function running(program: string, { line, close }: ServerProcess): Upstream {
  const env = { PODWIRE_UPSTREAM: line, PODWIRE_UPSTREAM_PROGRAM: program };
  return { env, close };
}

/** The path of the program. */
async function build(): Promise<string> {
  await provide(PROGRAM, await fingerprint(), async (fresh) => {
    const output = fileURLToPath(new URL("server", fresh));
    const directory = fileURLToPath(SOURCES);
    const { ok, output: messages } = await runCommand({
      program: "go",
      args: ["-C", directory, "build", "-o", output, "."],
    }, { timeout: BUILD_TIMEOUT });
    if (!ok) throw new Error(`Cannot build tests/upstream:\n${messages}`);
  });
  return fileURLToPath(new URL("server", PROGRAM));
}

/** Changes with every source file. */
async function fingerprint(): Promise<string> {
  const files = (await Array.fromAsync(walk(SOURCES))).sort();
  const texts = await Promise.all(
    files.map(async (file) => `${file}\n${await Deno.readTextFile(file)}`),
  );
  const bytes = new TextEncoder().encode(texts.join("\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

async function* walk(directory: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) yield* walk(new URL(`${name}/`, directory));
    else if (/\.go$|^go\.(mod|sum)$/.test(name)) {
      yield fileURLToPath(new URL(name, directory));
    }
  }
}
