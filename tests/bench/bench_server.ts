import { fileURLToPath } from "node:url";
import { cache } from "../tools/runner/cache.ts";
import { buildGo } from "../tools/runner/go.ts";
import { startServer } from "../tools/runner/server_process.ts";
import { root } from "../harness/preload/specifiers.ts";

/** The server's counts of a session. */
export interface Counts {
  /** Bytes, both ways. */
  readonly sent: number;
  readonly received: number;
  /** The SHA-256 of the data after all of it has passed; else empty. */
  readonly digest: string;
}

/** What passed on all connections so far. */
export interface Traffic {
  readonly connections: number;
  /** Bytes that the server sent, with those of TLS. */
  readonly wire: number;
}

/** The bench's server, in a separate process. */
export interface BenchServer {
  readonly url: string;
  /** The same server behind a link of 100 Mbit/s. */
  readonly slowUrl: string;
  counts(session: string): Promise<Counts | null>;
  traffic(): Promise<Traffic>;
  close(): Promise<void>;
}

/**
 * Builds the Go program of tests/bench/server/, once for its sources, and
 * starts it.
 *
 * @param authority The directory of the authority that signs its certificate.
 */
export async function startBenchServer(
  authority: string,
): Promise<BenchServer> {
  const program = await buildGo(
    new URL("tests/bench/server/", root),
    new URL("bench/", cache),
  );
  const reports = new URL("reports/", cache);
  await Deno.mkdir(reports, { recursive: true });
  const { line, close } = await startServer(
    { program, args: ["--authority", authority] },
    fileURLToPath(new URL("bench.log", reports)),
  );
  const { server, slow, ledger }: Record<string, string> = JSON.parse(line);
  return {
    url: server!,
    slowUrl: slow!,
    async counts(session) {
      const answer = await (await fetch(`${ledger}/${session}`)).json();
      return "sent" in answer ? answer : null;
    },
    async traffic() {
      return await (await fetch(`${ledger}/`)).json();
    },
    close,
  };
}
