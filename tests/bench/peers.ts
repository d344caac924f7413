import { fileURLToPath } from "node:url";
import { cache } from "../tools/runner/cache.ts";
import { type CommandLine, programCommand } from "../tools/runner/commands.ts";
import { install } from "../tools/runner/packages.ts";
import type { BenchTarget } from "./targets.ts";
import { clientGo } from "./peers/client_go.ts";
import { kubectl } from "./peers/kubectl.ts";
import { fromPyPI } from "./peers/python.ts";

/** A client to compare with, as it is on this machine. */
export interface Peer {
  readonly version: string;
  /** What measures, where client.ts does not. */
  readonly command?: CommandLine;
}

/** What there is to compare with. */
export interface Peers {
  /** The lanes that there can be on this machine. */
  readonly targets: readonly BenchTarget[];
  /** The folder where the clients from npm are. */
  readonly folder: string;
  /** By the contenders' names. */
  readonly versions: Readonly<Record<string, string>>;
  /** The command that measures on one of the lanes. */
  commandOf(lane: BenchTarget): Promise<CommandLine>;
}

/** Each throws an Error where it cannot be had. */
const providers: Record<string, () => Promise<Peer>> = {
  "client-node": clientNode,
  kubectl,
  "client-go": clientGo,
  kubex: () => fromPyPI("kubex"),
  "kubernetes (Python)": () => fromPyPI("kubernetes"),
};

const npm = new URL("peers/", cache);

/** Whether a contender is a client of others, not podwire nor the floor. */
export function isPeer(contender: string): boolean {
  return contender in providers;
}

/** Installs and builds the clients of lanes; says which cannot be had. */
export async function providePeers(
  wanted: readonly BenchTarget[],
): Promise<Peers> {
  await install(npm, { "@kubernetes/client-node": "latest" });
  const peers = new Map<string, Peer>();
  const missing = new Set<string>();
  for (const name of new Set(wanted.map(({ contender }) => contender))) {
    try {
      const peer = await providers[name]?.();
      if (peer) peers.set(name, peer);
    } catch (error) {
      const why = (error as Error).message.replaceAll(/\s+/g, " ");
      console.log(`${name} is left out: ${why.slice(0, 200)}`);
      missing.add(name);
    }
  }
  return {
    targets: wanted.filter(({ contender }) => !missing.has(contender)),
    folder: fileURLToPath(npm),
    versions: Object.fromEntries(
      [...peers].map(([name, { version }]) => [name, version]),
    ),
    async commandOf({ contender, runtime }) {
      if (runtime === undefined) return peers.get(contender)!.command!;
      return await programCommand(runtime, "tests/bench/client.ts");
    },
  };
}

async function clientNode(): Promise<Peer> {
  const file = "node_modules/@kubernetes/client-node/package.json";
  const { version } = JSON.parse(await Deno.readTextFile(new URL(file, npm)));
  return { version };
}
