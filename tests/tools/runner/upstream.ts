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
  /** What tells the tests where it is, or why there is none. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it, and every process it started. */
  close(): Promise<void>;
}

/**
 * Builds the Go program of tests/backends/upstream/, once for its sources, and starts
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

/** A test that kills its server starts the program for itself. */
function running(program: string, { line, close }: ServerProcess): Upstream {
  const env = { PODWIRE_UPSTREAM: line, PODWIRE_UPSTREAM_PROGRAM: program };
  return { env, close };
}
