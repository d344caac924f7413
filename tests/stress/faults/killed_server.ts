import {
  Api,
  ConnectError,
  ConnectionLostError,
  createClient,
  isRunning,
  Pod,
} from "../../../mod.ts";
import type { TransportKind } from "../../backends/backend.ts";
import { type Settled, SettleTracker } from "./observation.ts";
import { startKillableServer } from "./killable_server.ts";
import { openLiveSession } from "./live_sessions.ts";

/** How long promises may stay pending after the kill, in milliseconds. */
const LIMIT = 10_000;
/** Additional milliseconds per session, for a busy machine. */
const EACH = 50;

/**
 * Kills a server under `count` sessions, and while one more is being opened.
 *
 * @returns How long it took until all had settled, in milliseconds.
 * @throws {Error} Something did not end with `ConnectionLostError`.
 */
export async function killUnderLoad(
  transport: TransportKind,
  count: number,
): Promise<number> {
  const server = await startKillableServer();
  const client = await createClient(server.options(transport));
  const limit = LIMIT + EACH * count;
  try {
    const pods = new Api(Pod, { client });
    const name = await idlePod(pods);
    const sessions = await Promise.all(
      Array.from({ length: count }, (_, i) => openLiveSession(i, client, name)),
    );
    await Promise.all(sessions.map(({ begun }) => begun));
    const waits = new SettleTracker(limit);
    const opening = pods.exec.run(name, { command: ["sleep", "60"] });
    waits.add("opening", opening);
    const dead = server.kill();
    const killed = performance.now();
    const all = sessions.map(({ track: join }) => {
      const waits = new SettleTracker(limit);
      join(waits);
      return waits.settled();
    });
    for (const endings of await Promise.all(all)) checkLost(endings, transport);
    const took = performance.now() - killed;
    await dead;
    waits.add("after", pods.exec.run(name, { command: ["true"] }));
    checkUnreached(await waits.settled());
    return took;
  } finally {
    await server.kill();
    await client.close();
  }
}

/** Creates an idle pod. Its process ends with its server. */
async function idlePod(pods: Api<typeof Pod>): Promise<string> {
  const container = { name: "main", image: "busybox" };
  const pod = await pods.create({
    metadata: { generateName: "killed-" },
    spec: { containers: [container] },
  });
  await pods.waitFor(pod.metadata.name, isRunning, { timeout: 10_000 });
  return pod.metadata.name;
}

function checkLost(
  endings: Record<string, Settled<unknown>>,
  transport: TransportKind,
): void {
  for (const [name, ending] of Object.entries(endings)) {
    // A dead WebSocket may accept writes until it fires `close`.
    if (name === "stdin" && transport === "web" && "value" in ending) continue;
    if ("error" in ending && ending.error instanceof ConnectionLostError) {
      continue;
    }
    throw new Error(`${name} did not end as expected: ${show(ending)}`);
  }
}

/** A call made during the kill may fail at any stage. */
function checkUnreached(endings: Record<string, Settled<unknown>>): void {
  for (const [name, ending] of Object.entries(endings)) {
    const error = "error" in ending ? ending.error : null;
    if (error instanceof ConnectError) continue;
    if (name === "opening" && error instanceof ConnectionLostError) continue;
    throw new Error(`${name} did not end as expected: ${show(ending)}`);
  }
}

function show(ending: Settled<unknown>): string {
  return "error" in ending ? `${ending.error}` : JSON.stringify(ending.value);
}
