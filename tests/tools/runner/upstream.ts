import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
import { cache } from "./cache.ts";
import { buildGo, hasGo } from "./go.ts";
import { type ServerProcess, startServer } from "./server_process.ts";

const SOURCES = new URL("tests/backends/upstream/", root);
const PROGRAM = new URL("upstream/", cache);
const REPORTS = new URL("reports/", cache);

/** The upstream server while tests run. */
export interface Upstream {
  /** Variables with the server's address, or with the reason why there is none. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops the server, and every process it started. */
  close(): Promise<void>;
}

/**
 * Builds the Go program of tests/backends/upstream/ if its sources changed, and
 * starts it. Without Go, the tests that need it are skipped.
 *
 * @param authority The directory of the certificate authority.
 */
export async function startUpstream(authority: string): Promise<Upstream> {
  if (!await hasGo()) {
    const reason = "Go is not installed";
    console.error(`The upstream server is not built: ${reason}`);
    return missing(reason);
  }
  const program = await buildGo(SOURCES, PROGRAM);
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

/** The program's path is for tests that start, and kill, a server of their own. */
function running(program: string, { line, close }: ServerProcess): Upstream {
  const env = { PODWIRE_UPSTREAM: line, PODWIRE_UPSTREAM_PROGRAM: program };
  return { env, close };
}
