import {
  CallTimeoutError,
  ConnectError,
  ConnectionLostError,
  SessionEndedError,
} from "../../mod.ts";
import type { Account } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Fault, isFatal } from "./fault.ts";
import type { Shape } from "./shape.ts";

/** A session that is over, and all there is to know of it. */
export interface Case {
  readonly shape: Shape;
  readonly behaviour: Behaviour;
  readonly fault: Fault;
  /** The reason of all that the client broke off itself. */
  readonly reason: Error;
}

/**
 * Holds an account against the truth.
 *
 * @returns How the session ended, in a word.
 * @throws What is wrong with it.
 */
export function judge(known: Case, account: Account): string {
  const { shape, behaviour } = known;
  checkPrefix("stdout", account.stdout, shape.stdout);
  checkPrefix("stderr", account.stderr, shape.stderr);
  const { exitCode, others } = account;
  if ("error" in exitCode) {
    checkError(known, exitCode.error);
    checkOthers(known, account, exitCode.error);
    return nameOf(exitCode.error, known);
  }
  if (exitCode.value === null) {
    if (behaviour.kind === "close") return "closed";
    // A server that takes us for gone may well say goodbye.
    if (isHalfOpen(known.fault)) return "null";
  }
  if (exitCode.value !== shape.exitCode) {
    throw new Error(`exit code ${exitCode.value}, not ${shape.exitCode}`);
  }
  const dropped = ["cancel", "abort", "close"].includes(behaviour.kind) ||
    others.stdout !== undefined && "error" in others.stdout &&
      others.stdout.error === known.reason;
  if (!dropped) {
    checkWhole("stdout", account.stdout, shape.stdout);
    checkWhole("stderr", account.stderr, shape.stderr);
    checkOthers(known, account, null);
  }
  return "status";
}

function checkPrefix(name: string, read: Uint8Array, truth: Uint8Array): void {
  const wrong = read.findIndex((byte, index) => byte !== truth[index]);
  if (wrong >= 0) throw new Error(`${name} is wrong from byte ${wrong}`);
}

function checkWhole(name: string, read: Uint8Array, truth: Uint8Array): void {
  if (read.byteLength === truth.byteLength) return;
  throw new Error(`${name}: ${read.byteLength} bytes of ${truth.byteLength}`);
}

/** What a session of this kind may fail with. */
function checkError(known: Case, error: unknown): void {
  const { fault, behaviour, reason, shape } = known;
  const own = ["abort", "abort soon", "abort stdin"].includes(behaviour.kind);
  const allowed = error === reason && (own || isFatal(fault)) ||
    error instanceof CallTimeoutError && behaviour.kind === "hurried run" ||
    isFatal(fault) &&
      (error instanceof ConnectError || error instanceof ConnectionLostError) ||
    // A server that closes while input is on its way resets, and the proxy may
    // then lose what it had yet to read.
    shape.stdin !== null && error instanceof ConnectionLostError;
  if (!allowed) throw new Error(`it failed with ${error}`, { cause: error });
}

/** Streams and writes fail with the session, or because it is over. */
function checkOthers(
  { behaviour, reason }: Case,
  { others }: Account,
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

function isHalfOpen(fault: Fault): boolean {
  return fault.kind === "half-open" && fault.direction === "up";
}

function nameOf(error: unknown, { reason }: Case): string {
  return error === reason ? "own reason" : (error as Error).name;
}
