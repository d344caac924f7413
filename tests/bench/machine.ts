import { cpus, loadavg, release, totalmem } from "node:os";
import { provideRuntime, type RuntimeName } from "../tools/runner/runtimes.ts";
import { runCommand } from "../tools/runner/run_command.ts";

/** The machine, the software and the date of a run. */
export interface Machine {
  readonly date: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: string;
  /** The load average of the last 15 minutes: more load means more noise. */
  readonly load: number;
  /** The runtimes' versions, by name. */
  readonly runtimes: Readonly<Record<string, string>>;
  /** The other clients' versions, by name. */
  readonly peers: Readonly<Record<string, string>>;
}

/** Describes this machine, and the versions of the measured software. */
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

/** The machine in one line. */
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
