import { cpus, loadavg, release, totalmem } from "node:os";
import { provideRuntime, type RuntimeName } from "../tools/runner/runtimes.ts";
import { runCommand } from "../tools/runner/run_command.ts";

/** Where it was measured, with what, and when. */
export interface Machine {
  readonly date: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: string;
  /** How many programs wanted a core in the last 15 minutes: more is noise. */
  readonly load: number;
  /** The runtimes' versions by their names. */
  readonly runtimes: Readonly<Record<string, string>>;
  /** The other clients' versions by their names. */
  readonly peers: Readonly<Record<string, string>>;
}

/** This machine, and the versions of what was measured on it. */
export async function describeMachine(
  runtimes: Iterable<RuntimeName>,
  peers: Readonly<Record<string, string>>,
): Promise<Machine> {
  const versions: Record<string, string> = {};
  for (const name of runtimes) versions[name] = await versionOf(name);
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${Deno.build.os} ${release()}`,
    processor: first?.model.trim() || Deno.build.arch,
    cores: cpus().length,
    load: Math.round(loadavg()[2]! * 10) / 10,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    runtimes: versions,
    peers,
  };
}

/** In one line. */
export function machineName(machine: Machine): string {
  const { date, system, processor, cores, memory, load } = machine;
  const versions = [
    ...Object.values(machine.runtimes),
    ...Object.entries(machine.peers).map((peer) => peer.join(" ")),
  ].join(", ");
  return `${date}: ${versions}; ${processor}, ${cores} cores, ${memory}, load ${load}, ${system}, loopback, TLS`;
}

async function versionOf(name: RuntimeName): Promise<string> {
  const command = { program: await provideRuntime(name), args: ["--version"] };
  const { output } = await runCommand(command, { timeout: 10_000 });
  const version = output.match(/\d+\.\d+\.\d+/)?.[0];
  return `${name.replace(/\d+$/, "")} ${version}`;
}
