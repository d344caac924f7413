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

/** A finished session and the conditions it ran under. */
export interface FinishedSession {
  readonly command: RandomCommand;
  readonly behaviour: Behaviour;
  readonly fault: Fault;
  /** What the fault did. */
  readonly effects: FaultEffects;
  readonly target: {
    readonly transport: TransportKind;
    readonly unreadInput: Backend["unreadInput"];
    readonly refusals: Backend["refusals"];
  };
  /** Whether the client's keep-alive has a very short timeout. */
  readonly eager: boolean;
  /** The client's own abort reason. */
  readonly reason: Error;
}

/**
 * Compares what a client observed with the command's true result. Only where the
 * status may have been lost may the session end without it.
 *
 * @returns How the session ended, in a word.
 * @throws {Error} The observation is wrong.
 */
export function checkSession(
  known: FinishedSession,
  observation: Observation,
): string {
  const { command, behaviour } = known;
  checkPrefix("stdout", observation.stdout, command.stdout);
  checkPrefix("stderr", observation.stderr, command.stderr);
  const { exitCode } = observation;
  if ("error" in exitCode) {
    checkError(known, exitCode.error);
    checkOthers(known, observation, exitCode.error);
    if (exitCode.error instanceof ConnectionLostError) {
      checkDelivered(known, observation);
    }
    return nameOf(exitCode.error, known);
  }
  if (exitCode.value === null) {
    if (behaviour.kind === "close") return "closed";
    // A server that considers the client gone may close the WebSocket.
    if (isCutOff(known)) return "null";
  }
  if (exitCode.value === 0 && mayHideLoss(known)) return "success";
  if (exitCode.value !== command.exitCode) {
    throw new Error(`exit code ${exitCode.value}, not ${command.exitCode}`);
  }
  checkOutput(known, observation);
  return "status";
}

/** All output arrived, except what the client declined. */
function checkOutput(known: FinishedSession, observation: Observation): void {
  const { command, behaviour, reason } = known;
  const { stdout } = observation.others;
  const aborted = stdout !== undefined && "error" in stdout &&
    stdout.error === reason && mayAbort(known);
  if (["abort", "close"].includes(behaviour.kind) || aborted) return;
  if (behaviour.kind !== "cancel") {
    checkWhole("stdout", observation.stdout, command.stdout);
  }
  checkWhole("stderr", observation.stderr, command.stderr);
  checkOthers(known, observation, null);
}

/** Checks that a session may fail with this error. */
function checkError(known: FinishedSession, error: unknown): void {
  const allowed = error === known.reason
    ? mayAbort(known)
    : error instanceof CallTimeoutError
    ? known.behaviour.kind === "hurried run"
    : error instanceof ConnectionLostError
    ? mayLose(known, error)
    : error instanceof ConnectError
    ? known.effects.triggered
    // A server may answer a request that is cut off with 400.
    : error instanceof HandshakeError && isCutOff(known);
  if (!allowed) throw new Error(`it failed with ${error}`, { cause: error });
}

/** The client may abort after a fault, or by its behaviour. */
function mayAbort(
  { behaviour: { kind }, effects }: FinishedSession,
): boolean {
  return effects.triggered || kind.startsWith("abort");
}

/** Whether the status may have been lost. */
function mayLose(
  known: FinishedSession,
  { message }: ConnectionLostError,
): boolean {
  const { effects, command, target, eager } = known;
  if (effects.triggered) return true;
  // The machine was too busy for a keep-alive of 150 ms.
  if (eager && message.includes("nothing was received for")) return true;
  // A server that closes with unread input resets the connection, which may
  // discard its last bytes. With chained servers, one of them always does.
  const resets = effects.serverReset || target.unreadInput === "blocking";
  return command.mayIgnoreInput && resets;
}

/**
 * Whether the status may have been lost behind the API server, which reports
 * success then: see `endsWithUnreadStdin`.
 */
function mayHideLoss({ command, target }: FinishedSession): boolean {
  const { unreadInput, refusals } = target;
  return command.mayIgnoreInput && unreadInput === "blocking" &&
    refusals === "in band";
}

/** Whether the server saw the client's FIN but can still send. */
function isCutOff({ fault, effects }: FinishedSession): boolean {
  return fault.kind === "half-open" && fault.direction === "up" &&
    effects.triggered;
}

/** Checks that streams and writes fail with the session, or because it has ended. */
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

function nameOf(error: unknown, { reason, effects }: FinishedSession): string {
  if (error === reason) return "own reason";
  const { name } = error as Error;
  const spared = error instanceof ConnectionLostError && !effects.triggered;
  return spared ? `${name} without a fault` : name;
}

/** @throws {Error} `read` is not a prefix of `truth`. */
function checkPrefix(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  const wrong = read.findIndex((byte, index) => byte !== truth[index]);
  if (wrong >= 0) throw new Error(`${name} is wrong from byte ${wrong}`);
}

/** @throws {Error} `read` is shorter than `truth`. */
function checkWhole(
  name: string,
  read: Uint8Array,
  truth: Uint8Array,
): void {
  if (read.byteLength === truth.byteLength) return;
  throw new Error(`${name}: ${read.byteLength} bytes of ${truth.byteLength}`);
}

/**
 * How many bytes may reach the client but not a reader: the TLS handshake, the
 * HTTP response, and a partial record and message.
 */
const OVERHEAD = 8_000 + 17_000 + 33_000;
/** The least share of output in the rest. */
const OUTPUT = 0.95;

const READERS: readonly Behaviour["kind"][] = [
  "run",
  "read",
  "read slowly",
  "read late",
];

/**
 * Bytes before endings: bytes that the client received before the fault's FIN
 * reach its readers before the error.
 *
 * @throws {Error} Some bytes are missing.
 */
function checkDelivered(
  { fault, behaviour, effects }: {
    readonly fault: Fault;
    readonly behaviour: Behaviour;
    readonly effects: FaultEffects;
  },
  { stdout, stderr }: Observation,
): void {
  const finished = fault.kind === "half-open" ||
    fault.kind === "cut" && fault.how === "fin";
  if (!finished || fault.direction === "up" || !effects.triggered) return;
  if (!READERS.includes(behaviour.kind)) return;
  const least = OUTPUT * effects.bytesToClient - OVERHEAD;
  const read = stdout.byteLength + stderr.byteLength;
  if (read >= least) return;
  throw new Error(
    `${read} bytes were read of ${effects.bytesToClient} that came`,
  );
}
