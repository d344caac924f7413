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
 * Holds sessions of consecutive seeds.
 *
 * @param crowd How many at once, so that none has to wait for the machine.
 * @returns How many ended in which transport, by its name.
 * @throws {AggregateError} What is wrong with those that did not end well.
 */
export async function runFaultySessions(
  target: FaultTarget,
  start: number,
  count: number,
  crowd = 12,
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
  await Promise.all(Array.from({ length: crowd }, work));
  if (failures.length === 0) return endings;
  const [first] = failures;
  throw new AggregateError(
    failures,
    `${failures.length} of ${count} sessions ended wrongly: ${first}`,
  );
}

/** Milliseconds until a client gives up on a server that has been cut off. */
const SHORT_PATIENCE = 400;
/** The same, where the server will answer however busy the machine is. */
const LONG_PATIENCE = 60_000;
/** How long after that everything is to have settled. */
const GRACE = 20_000;

/** A pod, and how to reach it but for the faults. */
export interface FaultTarget {
  /** New ones for each client. */
  readonly options: () => ClientOptions;
  readonly namespace: string;
  readonly name: string;
  readonly protocol: ChannelProtocol;
  readonly transport: TransportKind;
  /** What a command's unread input is to the server. */
  readonly unreadInput: Backend["unreadInput"];
}

/**
 * Holds one session through a proxy that spoils it; all of it follows from the
 * seed.
 *
 * @returns How it ended, in a word.
 * @throws What is wrong with how it ended, with the seed.
 */
export async function runFaultySession(
  seed: number,
  target: FaultTarget,
): Promise<string> {
  const seeded = new SeededRandom(seed);
  const fault = randomFault(seeded);
  const behaviour = randomBehaviour(seeded);
  const shape = randomCommand(seeded, target.protocol === V5);
  const eager = seeded.below(2) === 0;
  const reason = new Error("the client has had enough");
  try {
    const play = { target, fault, behaviour, shape, eager, reason };
    return await runScenario(play);
  } catch (error) {
    const story = JSON.stringify({ fault, behaviour, script: shape.script });
    throw new Error(`PODWIRE_FAULTS_SEED=${seed} fails: ${error} ${story}`, {
      cause: error,
    });
  }
}

interface Scenario {
  readonly target: FaultTarget;
  readonly fault: Fault;
  readonly behaviour: Behaviour;
  readonly shape: RandomCommand;
  /** Whether the client's keepalive gives up before the client does. */
  readonly eager: boolean;
  readonly reason: Error;
}

async function runScenario(play: Scenario): Promise<string> {
  const { target, fault, eager } = play;
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
    const { damage } = proxy;
    return checkSession(
      { ...play, damage },
      await runClientBehaviour(play, damage, pods),
    );
  } finally {
    await client.close();
    await proxy.close();
  }
}

async function runClientBehaviour(
  { target, behaviour, shape, reason }: Scenario,
  damage: FaultEffects,
  pods: Api<typeof Pod>,
): Promise<Observation> {
  const ms = behaviour.kind === "abort soon" ? behaviour.ms : LONG_PATIENCE;
  const patience = new AbortTimer(reason, ms);
  damage.whenTriggered.then(() => patience.shorten(SHORT_PATIENCE));
  const halfClose = target.protocol === V5;
  const { name } = target;
  const { signal, abort: abort } = patience;
  const limit = LONG_PATIENCE + GRACE;
  const call = { pods, name, shape, signal, limit };
  const running = halfClose || shape.stdin === null;
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
    patience.clear();
  }
}
