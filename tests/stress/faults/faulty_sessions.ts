import { Api, type ClientOptions, createClient, Pod } from "../../../mod.ts";
import { type ChannelProtocol, V5 } from "../../../src/channel/subprotocols.ts";
import type { Backend, TransportKind } from "../../backends/backend.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { AbortTimer } from "./abort_timer.ts";
import { checkSession } from "./check_session.ts";
import { type Behaviour, randomBehaviour } from "./client_behaviour.ts";
import type { FaultEffects } from "./fault_effects.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import { type Fault, isFatal, randomFault } from "./fault.ts";
import type { Observation } from "./observation.ts";
import { type RandomCommand, randomCommand } from "./random_command.ts";
import { runClient } from "./run_client.ts";
import { streamClient } from "./stream_client.ts";

/**
 * Runs sessions with consecutive seeds.
 *
 * @param concurrency How many run at the same time.
 * @returns How many sessions ended in each way.
 * @throws {AggregateError} Some sessions ended wrongly.
 */
export async function runFaultySessions(
  target: FaultTarget,
  start: number,
  count: number,
  concurrency = 12,
): Promise<Record<string, number>> {
  const endings: Record<string, number> = {};
  const failures: unknown[] = [];
  let seed = start;
  const work = async () => {
    while (seed < start + count) {
      try {
        const ending = await runFaultySession(seed++, target);
        endings[ending] = (endings[ending] ?? 0) + 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length === 0) return endings;
  const [first] = failures;
  throw new AggregateError(
    failures,
    `${failures.length} of ${count} sessions ended wrongly: ${first}`,
  );
}

/** Milliseconds until a client gives up after the fault. */
const SHORT_TIMEOUT = 400;
/** Milliseconds until a client gives up without a fault, on a busy machine. */
const LONG_TIMEOUT = 60_000;
/** Milliseconds until everything must have settled after that. */
const GRACE = 20_000;

/** A pod, and how to reach it without faults. */
export interface FaultTarget {
  /** Creates client options; new ones for each client. */
  readonly options: () => ClientOptions;
  readonly namespace: string;
  readonly name: string;
  readonly protocol: ChannelProtocol;
  readonly transport: TransportKind;
  /** What the server does with unread input. */
  readonly unreadInput: Backend["unreadInput"];
  /** `in band` where the server translates v5, and so hides a lost status. */
  readonly refusals: Backend["refusals"];
}

/**
 * Runs one session through a fault proxy. Everything is derived from the seed.
 *
 * @returns How the session ended, in a word.
 * @throws {Error} The session ended wrongly; the message has the seed.
 */
async function runFaultySession(
  seed: number,
  target: FaultTarget,
): Promise<string> {
  const seeded = new SeededRandom(seed);
  const fault = randomFault(seeded);
  const behaviour = randomBehaviour(seeded);
  const command = randomCommand(seeded, target.protocol === V5);
  const eager = seeded.below(2) === 0;
  const reason = new Error("the client gives up");
  try {
    const scenario = { target, fault, behaviour, command, eager, reason };
    return await runScenario(scenario);
  } catch (error) {
    const story = JSON.stringify({ fault, behaviour, script: command.script });
    throw new Error(`PODWIRE_FAULTS_SEED=${seed} fails: ${error} ${story}`, {
      cause: error,
    });
  }
}

interface Scenario {
  readonly target: FaultTarget;
  readonly fault: Fault;
  readonly behaviour: Behaviour;
  readonly command: RandomCommand;
  /** Whether the client's keep-alive has a very short timeout. */
  readonly eager: boolean;
  readonly reason: Error;
}

async function runScenario(scenario: Scenario): Promise<string> {
  const { target, fault, eager } = scenario;
  const { namespace } = target;
  const options = target.options();
  const proxy = await startFaultProxy(`${options.server}`, fault);
  const client = await createClient({
    ...options,
    server: proxy.url,
    ...(isFatal(fault) && eager &&
      { keepAlive: { interval: 50, timeout: 150 } }),
  });
  try {
    const pods = new Api(Pod, { client, namespace });
    const { effects } = proxy;
    return checkSession(
      { ...scenario, effects },
      await runClientBehaviour(scenario, effects, pods),
    );
  } finally {
    await client.close();
    await proxy.close();
  }
}

async function runClientBehaviour(
  { target, behaviour, command, reason }: Scenario,
  effects: FaultEffects,
  pods: Api<typeof Pod>,
): Promise<Observation> {
  const ms = behaviour.kind === "abort soon" ? behaviour.ms : LONG_TIMEOUT;
  const timer = new AbortTimer(reason, ms);
  effects.whenTriggered.then(() => timer.shorten(SHORT_TIMEOUT));
  const halfClose = target.protocol === V5;
  const { name } = target;
  const { signal, abort } = timer;
  const limit = LONG_TIMEOUT + GRACE;
  const call = { pods, name, command, signal, limit };
  const running = halfClose || command.stdin === null;
  try {
    if (running && behaviour.kind === "run") {
      return await runClient(call, null);
    }
    if (running && behaviour.kind === "hurried run") {
      return await runClient(call, behaviour.timeout);
    }
    const more = { behaviour, halfClose, abort, reason };
    return await streamClient({ ...call, ...more });
  } finally {
    timer.clear();
  }
}
