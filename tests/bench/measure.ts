import type { CommandLine } from "../tools/runner/commands.ts";
import { root } from "../harness/preload/specifiers.ts";
import type { BenchServer, Counts } from "./bench_server.ts";
import type { BenchPlan, Measurement } from "./plan.ts";
import { MIB, type Workload } from "./workload.ts";

/** Milliseconds after which a measurement is killed. */
const LIMIT = 240_000;

/** Milliseconds between readings of the server's counts. */
const POLL_INTERVAL = 100;

/** Figures by name. */
export type Figures = Record<string, number>;

/** A client cannot run a workload; the message says why. */
export class Skipped extends Error {}

/**
 * Runs a workload in a separate process.
 *
 * @param own What the plan has of a server that is not the bench's.
 * @throws {Skipped} The client cannot run it.
 * @throws {Error} The process failed, or its checksum differs from the server's.
 */
export async function measure(
  command: CommandLine,
  plan: Omit<BenchPlan, "name" | "server" | "token">,
  { fromServer, slowLink, prefix = "" }: Workload,
  server: BenchServer,
  own?: Pick<BenchPlan, "server" | "token">,
): Promise<Figures> {
  const name = crypto.randomUUID();
  const seen: { at: number; counts: Counts }[] = [];
  const poll = async (): Promise<void> => {
    const counts = await server.counts(name);
    if (counts) seen.push({ at: Date.now(), counts });
  };
  const before = await server.traffic();
  const timer = setInterval(poll, POLL_INTERVAL);
  let measured: Measurement;
  try {
    const url = (slowLink ? server.slowUrl : server.url) + prefix;
    measured = await run(command, {
      ...plan,
      name,
      server: url,
      token: "bench",
      ...own,
    });
    await poll();
  } finally {
    clearInterval(timer);
  }
  const { digest, slow, skipped } = measured;
  if (skipped !== undefined) throw new Skipped(skipped);
  const after = await server.traffic();
  const figures = {
    ...measured.figures,
    ...fromServer?.({
      connections: after.connections - before.connections,
      wire: after.wire - before.wire,
    }),
  };
  const last = seen.at(-1)?.counts;
  if (digest !== last?.digest && digest !== undefined) {
    throw new Error(
      `The client's checksum is ${digest}, the server's ${last?.digest}`,
    );
  }
  if (slow === undefined) return figures;
  const then = seen.findLast(({ at }) => at <= slow.until)!.counts;
  const moved = (then.sent + then.received) / MIB;
  return {
    ...figures,
    "done while slow, MiB": slow.mebibytes,
    "of that at the server, MiB": moved,
  };
}

async function run(
  { program, args }: CommandLine,
  plan: BenchPlan,
): Promise<Measurement> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: root,
    env: { PODWIRE_BENCH: JSON.stringify(plan), NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT),
  });
  const { success, code, signal, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  if (!success) {
    const message = text.decode(stderr).match(/^\w*error: .*$/im) ?? "";
    throw new Error(`It ended with ${signal ?? code}: ${message}`);
  }
  return JSON.parse(text.decode(stdout).trim().split("\n").at(-1)!);
}
