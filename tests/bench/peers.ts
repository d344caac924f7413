import { fileURLToPath } from "node:url";
import { cache } from "../tools/runner/cache.ts";
import { type CommandLine, programCommand } from "../tools/runner/commands.ts";
import { install } from "../tools/runner/packages.ts";
import type { BenchTarget } from "./targets.ts";
import { clientGo, fromPyPI, kubectl } from "./peer_programs.ts";

/** Another client on this machine, to compare with. */
export interface Peer {
  readonly version: string;
  /** The command that measures it, if not client.ts. */
  readonly command?: CommandLine;
}

/** The other clients on this machine. */
export interface Peers {
  /** The targets that this machine can run. */
  readonly targets: readonly BenchTarget[];
  /** The folder of the clients from npm. */
  readonly folder: string;
  /** The versions, by contender. */
  readonly versions: Readonly<Record<string, string>>;
  /** The command that measures a target. */
  commandOf(target: BenchTarget): Promise<CommandLine>;
}

/** Each throws an Error if its client is not available. */
const providers: Record<string, () => Promise<Peer>> = {
  "client-node": clientNode,
  kubectl,
  "client-go": clientGo,
  kubex: () => fromPyPI("kubex"),
  "kubernetes (Python)": () => fromPyPI("kubernetes"),
};

const npm = new URL("peers/", cache);

/** Whether a contender is another client: neither podwire nor a bare socket. */
export function isPeer(contender: string): boolean {
  return contender in providers;
}

/** Installs and builds the clients of the targets; prints those not available. */
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
      console.log(`${name} is skipped: ${why.slice(0, 200)}`);
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
