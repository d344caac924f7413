import { fileURLToPath } from "node:url";
import { cache } from "../tools/runner/cache.ts";
import { type CommandLine, programCommand } from "../tools/runner/commands.ts";
import { install } from "../tools/runner/packages.ts";
import { removeOutdated, removeOutdatedRuntimes } from "./newest.ts";
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

/** The client that a contender uses. */
function clientOf(contender: string): string {
  return contender.startsWith("client-node ") ? "client-node" : contender;
}

/** Whether a contender is another client: neither podwire nor a bare socket. */
export function isPeer(contender: string): boolean {
  return clientOf(contender) in providers;
}

/**
 * Installs and builds the clients of the targets, and their runtimes, all in
 * the newest versions; prints those not available.
 */
export async function providePeers(
  wanted: readonly BenchTarget[],
): Promise<Peers> {
  await removeOutdatedRuntimes(wanted.flatMap(({ runtime }) => runtime ?? []));
  await removeOutdated(npm);
  await install(npm, { "@kubernetes/client-node": "latest" });
  const peers = new Map<string, Peer>();
  const missing = new Set<string>();
  for (
    const name of new Set(wanted.map(({ contender }) => clientOf(contender)))
  ) {
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
    targets: wanted.filter(({ contender }) =>
      !missing.has(clientOf(contender))
    ),
    folder: fileURLToPath(npm),
    versions: Object.fromEntries(
      [...peers].map(([name, { version }]) => [name, version]),
    ),
    async commandOf({ contender, runtime }) {
      if (runtime === undefined) {
        return peers.get(clientOf(contender))!.command!;
      }
      return await programCommand(runtime, "tests/bench/client.ts");
    },
  };
}

/** What client-node sends its requests with: a new one may change its speed. */
const CARRIERS = ["undici", "node-fetch", "ws"];

async function clientNode(): Promise<Peer> {
  const own = new URL("node_modules/@kubernetes/client-node/", npm);
  const { version, dependencies } = await manifestIn(own);
  const carriers: string[] = [];
  for (const name of CARRIERS.filter((name) => name in dependencies!)) {
    const { version } = await manifestIn(new URL(`node_modules/${name}/`, own))
      .catch(() => manifestIn(new URL(`node_modules/${name}/`, npm)));
    carriers.push(`${name} ${version}`);
  }
  const suffix = carriers.length > 0 ? ` (${carriers.join(", ")})` : "";
  return { version: version + suffix };
}

async function manifestIn(directory: URL): Promise<{
  version: string;
  dependencies?: Record<string, string>;
}> {
  const file = new URL("package.json", directory);
  return JSON.parse(await Deno.readTextFile(file));
}
