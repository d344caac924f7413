import {
  CallTimeoutError,
  ConnectError,
  ConnectionLostError,
  HandshakeError,
  SessionEndedError,
} from "../../../mod.ts";
import type { Backend, TransportKind } from "../../backends/backend.ts";
import type { Behaviour } from "./client_behaviour.ts";
import type { FaultEffects } from "./fault_effects.ts";
import type { Fault } from "./fault.ts";
import type { Observation } from "./observation.ts";
import type { RandomCommand } from "./random_command.ts";

/** A session that is over, and all there is to know of it. */
export interface FinishedSession {
  readonly shape: RandomCommand;
  readonly behaviour: Behaviour;
  readonly fault: Fault;
  /** What the fault came to. */
  readonly damage: FaultEffects;
  readonly target: {
    readonly transport: TransportKind;
    readonly unreadInput: Backend["unreadInput"];
  };
  /** Whether the client's keepalive has next to no patience. */
  readonly eager: boolean;
  /** The reason of all that the client broke off itself. */
  readonly reason: Error;
}

/**
 * Holds an account against the truth. An ending without the status is accepted
 * where the status may have been destroyed, and nowhere else.
 *
 * @returns How the session ended, in a word.
 * @throws What is wrong with it.
 */
export function checkSession(
  known: FinishedSession,
  account: Observation,
): string {
  const { shape, behaviour } = known;
  checkPrefix("stdout", account.stdout, shape.stdout);
  checkPrefix("stderr", account.stderr, shape.stderr);
  const { exitCode } = account;
  if ("error" in exitCode) {
    checkError(known, exitCode.error);
    checkOthers(known, account, exitCode.error);
    if (exitCode.error instanceof ConnectionLostError) {
      checkDelivered(known, account);
    }
    return nameOf(exitCode.error, known);
  }
  if (exitCode.value === null) {
    if (behaviour.kind === "close") return "closed";
    // A server that takes the client for gone may well say goodbye.
    if (isCutOff(known)) return "null";
  }
  if (exitCode.value !== shape.exitCode) {
    throw new Error(`exit code ${exitCode.value}, not ${shape.exitCode}`);
  }
  checkOutput(known, account);
  return "status";
}

/** All of it came, but for what the client did not want. */
function checkOutput(known: FinishedSession, account: Observation): void {
  const { shape, behaviour, reason } = known;
  const { stdout } = account.others;
  const brokenOff = stdout !== undefined && "error" in stdout &&
    stdout.error === reason && mayBreakOff(known);
  if (["abort", "close"].includes(behaviour.kind) || brokenOff) return;
  if (behaviour.kind !== "cancel") {
    checkWhole("stdout", account.stdout, shape.stdout);
  }
  checkWhole("stderr", account.stderr, shape.stderr);
  checkOthers(known, account, null);
}

/** What a session of this kind may fail with. */
function checkError(known: FinishedSession, error: unknown): void {
  const allowed = error === known.reason
    ? mayBreakOff(known)
    : error instanceof CallTimeoutError
    ? known.behaviour.kind === "hurried run"
    : error instanceof ConnectionLostError
    ? mayLose(known, error)
    : error instanceof ConnectError
    ? known.damage.triggered
    // Of a request that breaks off, a server may say that it is none.
    : error instanceof HandshakeError && isCutOff(known);
  if (!allowed) throw new Error(`it failed with ${error}`, { cause: error });
}

/** A client that is kept waiting, or that is like that, may give up. */
function mayBreakOff(
  { behaviour: { kind }, damage }: FinishedSession,
): boolean {
  return damage.triggered || kind.startsWith("abort");
}

/** Whether the status may have been destroyed on its transport. */
function mayLose(
  known: FinishedSession,
  { message }: ConnectionLostError,
): boolean {
  const { damage, shape, target, eager } = known;
  if (damage.triggered) return true;
  // The machine had no time for a keepalive of 150 ms.
  if (eager && message.includes("nothing was received for")) return true;
  // A server that ends with input on its way resets the connection. It may take
  // back its last words with that, and of servers behind each other one does.
  const resets = damage.serverReset || target.unreadInput === "blocking";
  return shape.mayIgnoreInput && resets;
}

/** Whether the server saw the client's end, and the client hears it still. */
function isCutOff({ fault, damage }: FinishedSession): boolean {
  return fault.kind === "half-open" && fault.direction === "up" &&
    damage.triggered;
}

/** Streams and writes fail with the session, or because it is over. */
function checkOthers(
  { behaviour, reason }: FinishedSession,
  { others }: Observation,
  failure: unknown,
): void {
  for (const [name, ending] of Object.entries(others)) {
    if (!("error" in ending) || ending.error === failure) continue;
    const { error } = ending;
    const over = name === "stdin" || behaviour.kind === "close";
    if (error instanceof SessionEndedError && over) continue;
    if (error === reason && behaviour.kind === "abort stdin") continue;
    throw new Error(`${name} failed with ${error}`, { cause: error });
  }
}

function nameOf(error: unknown, { reason, damage }: FinishedSession): string {
  if (error === reason) return "own reason";
  const { name } = error as Error;
  const spared = error instanceof ConnectionLostError && !damage.triggered;
  return spared ? `${name} without a fault` : name;
}

/** @throws If what was read is no prefix of what is true. */
export function checkPrefix(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  const wrong = read.findIndex((byte, index) => byte !== truth[index]);
  if (wrong >= 0) throw new Error(`${name} is wrong from byte ${wrong}`);
}

/** @throws If what was read is not all of it. */
export function checkWhole(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  if (read.byteLength === truth.byteLength) return;
  throw new Error(`${name}: ${read.byteLength} bytes of ${truth.byteLength}`);
}

/**
 * The most that need not reach a reader of what reached the client: the TLS
 * handshake, the HTTP answer, and a record and a message that were cut in two.
 */
const OVERHEAD = 8_000 + 17_000 + 33_000;
/** How much of the rest at least is output. */
const OUTPUT = 0.95;

const READERS: readonly Behaviour["kind"][] = [
  "run",
  "read",
  "read slowly",
  "read late",
];

/**
 * Bytes come before endings: what the client got before the fault's FIN, its
 * readers got before the error.
 *
 * @throws If some of it is missing.
 */
export function checkDelivered(
  { fault, behaviour, damage }: {
    readonly fault: Fault;
    readonly behaviour: Behaviour;
    readonly damage: FaultEffects;
  },
  { stdout, stderr }: Observation,
): void {
  const finished = fault.kind === "half-open" ||
    fault.kind === "cut" && fault.how === "fin";
  if (!finished || fault.direction === "up" || !damage.triggered) return;
  if (!READERS.includes(behaviour.kind)) return;
  const least = OUTPUT * damage.bytesToClient - OVERHEAD;
  const read = stdout.byteLength + stderr.byteLength;
  if (read >= least) return;
  throw new Error(
    `${read} bytes were read of ${damage.bytesToClient} that came`,
  );
}
