import { checkOptions, type OptionNames } from "../options.ts";
import { nameProblem, type RelayCall } from "./relay_call.ts";

/**
 * What a page may do. A field that is given takes the place of what the page
 * asked for.
 */
export interface RelayGrant {
  /** Who it is, for `maxConnectionsPerUser` and the events. */
  readonly user?: string;
  /** The namespace to use. */
  readonly namespace?: string;
  /** The pod to use. */
  readonly pod?: string;
  /** The container to use. */
  readonly container?: string;
  /** The command to run, for an exec. */
  readonly command?: readonly string[];
  /** Ends the session when it aborts, for example when the user logs out. */
  readonly signal?: AbortSignal;
}

/**
 * Decides on a page's request: true allows what it asks for, a
 * {@linkcode RelayGrant} what that says; everything else refuses it.
 *
 * @param request The upgrade, with its cookies. Its signal aborts when the page
 * leaves.
 * @param call What it asks for.
 */
export type RelayAuthorize = (
  request: Request,
  call: RelayCall,
) =>
  | boolean
  | null
  | undefined
  | RelayGrant
  | Promise<boolean | null | undefined | RelayGrant>;

const FIELDS: OptionNames<RelayGrant> = {
  user: true,
  namespace: true,
  pod: true,
  container: true,
  command: true,
  signal: true,
};

const ACTION = "use what authorize returned";

/** What is allowed, and to whom. */
export interface Granted {
  readonly call: RelayCall;
  readonly user: string | null;
  readonly signal: AbortSignal | null;
}

/**
 * Applies what `authorize` returned; null if that refuses the page.
 *
 * @throws {TypeError} If it is a grant that cannot be used: a misspelt field
 * must not allow more than was meant.
 */
export function applyGrant(call: RelayCall, answer: unknown): Granted | null {
  if (answer === true) return { call, user: null, signal: null };
  if (typeof answer !== "object" || answer === null) return null;
  checkOptions(answer, FIELDS, ACTION);
  const { user = null, signal = null, command, ...names } =
    answer as RelayGrant;
  const granted = { ...call };
  for (const [name, value] of Object.entries(names)) {
    if (value === undefined) continue;
    const problem = name === "container"
      ? typeof value === "string" ? null : "the container is no string"
      : nameProblem(name as "namespace" | "pod", value);
    if (problem !== null) refuse(problem);
    Object.assign(granted, { [name]: value });
  }
  if (command !== undefined) {
    if (call.subresource !== "exec") refuse("only an exec has a command");
    if (!isCommand(command)) refuse("the command is no list of words");
    Object.assign(granted, { command });
  }
  if (user !== null && typeof user !== "string") {
    refuse("the user is no string");
  }
  if (signal !== null && !isSignal(signal)) {
    refuse("the signal is no AbortSignal");
  }
  return { call: granted, user, signal };
}

/** By its shape: it may be that of another library or realm. */
function isSignal(signal: Partial<AbortSignal>): boolean {
  return typeof signal.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
}

function isCommand(command: unknown): boolean {
  return Array.isArray(command) && command.length > 0 &&
    command.every((word) => typeof word === "string");
}

function refuse(reason: string): never {
  throw new TypeError(`Cannot ${ACTION}: ${reason}`);
}
