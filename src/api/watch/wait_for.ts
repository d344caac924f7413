import type { CallContext } from "../call.ts";
import { Backoff, RETRY_DELAYS } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import { callTimeout } from "../../client/deadline.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import {
  ApiError,
  CallTimeoutError,
  ProtocolError,
  WaitFailedError,
} from "../../errors.ts";
import type {
  DeletionWaitOptions,
  WaitOptions,
} from "../verbs/call_options.ts";
import { nameSelector } from "../verbs/listing.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { Collection, NoEventsError } from "./collection.ts";
import { listAndWatch } from "./list_and_watch.ts";
import { startOperation } from "./cancellable_iterator.ts";
import { type Repetition, RetryPolicy, untilAnswered } from "./retry.ts";
import { DONE, pending, type WaitState } from "./predicates/predicate.ts";

/** The first polling interval, in milliseconds; it doubles. */
const SHORTEST = 50;
const LONGEST = 1000;

/** The HTTP status codes of an API that cannot be watched, or not by us. */
const CANNOT_WATCH = [403, 404, 405, 501];

/** After so many watches without events, the object is polled instead. */
const MAX_EVENTLESS = 2;

/** After so many failures in a row the object is polled, too. */
const MAX_FAILURES = 5;

/** A predicate; one that explains itself can fail the wait. */
type Predicate<T extends KubeObject> =
  & ((object: Stored<T> | undefined) => boolean)
  & { stateOf?(object: Stored<T> | undefined): WaitState };

/**
 * Waits until the predicate returns true for an object, which is undefined while
 * it does not exist. The object is got, then watched, so that no state is
 * missed; if watching is not allowed, it is polled.
 *
 * @returns The object for which the predicate returned true.
 */
export async function waitFor<T extends KubeObject>(
  context: CallContext,
  name: string,
  predicate: Predicate<T>,
  options: WaitOptions,
): Promise<Stored<T> | undefined> {
  const action = `wait for ${context.resource.plural} "${name}"`;
  if (typeof predicate !== "function") {
    throw new TypeError(`Cannot ${action}: the predicate is not a function`);
  }
  return await waitForState(context, action, name, predicate, options);
}

/** Waits until the object, or the one with this uid, is gone. */
export async function waitForDeletion(
  context: CallContext,
  name: string,
  { uid, ...options }: DeletionWaitOptions,
): Promise<void> {
  const { resource } = context;
  const action = `wait for the deletion of ${resource.plural} "${name}"`;
  if (uid !== undefined && (typeof uid !== "string" || uid === "")) {
    throw new TypeError(`Cannot ${action}: the uid is not a text`);
  }
  const stateOf = (object: KubeObject | undefined) => {
    const { metadata } = object ?? {};
    if (metadata === undefined) return DONE;
    return uid !== undefined && metadata.uid !== uid
      ? DONE
      : pending(deletionState(metadata));
  };
  const predicate = (object: KubeObject | undefined) => stateOf(object).done;
  const explained = Object.assign(predicate, { stateOf });
  await waitForState(context, action, name, explained, options);
}

function deletionState(
  { deletionTimestamp, finalizers = [] }: NonNullable<KubeObject["metadata"]>,
): string {
  if (deletionTimestamp === undefined) return "it is not being deleted";
  const held = finalizers.length === 0
    ? ""
    : `, held by the finalizers ${finalizers.join(", ")}`;
  return `it is being deleted${held}`;
}

/**
 * As {@linkcode waitFor}, for a call that has words of its own.
 *
 * @param action For messages: "Cannot {action}: ...".
 */
export async function waitForState<T extends KubeObject>(
  context: CallContext,
  action: string,
  name: string,
  predicate: Predicate<T>,
  options: WaitOptions,
): Promise<Stored<T> | undefined> {
  const { client } = context;
  const longest = intervalOf(options, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  const refusal = new AbortController();
  const signals = [options.signal, refusal.signal];
  const lifetime = startOperation(client, action, timeout, ...signals);
  const { signal } = lifetime;
  const onRetry = (error: Error) => {
    try {
      options.onRetry?.(error);
    } catch (reason) {
      refusal.abort(reason);
      throw reason;
    }
  };
  // The requests are repeated here, and each failure is reported.
  const own: CallContext = { ...context, retry: false };
  const policy = new RetryPolicy(client.retryLimit);
  const backoff = new Backoff(RETRY_DELAYS);
  const repetition = { policy, backoff, signal, onRetry };
  const request = { ...options, timeout: null, signal, repetition };
  const progress = new Progress<T>(action, predicate);
  try {
    for await (const state of states<T>(own, name, request, longest)) {
      signal.throwIfAborted();
      if (progress.isDone(state)) return state.object;
    }
    return undefined;
  } catch (error) {
    const { message } = progress;
    const isLate = error instanceof CallTimeoutError &&
      error === signal.reason && timeout !== null && message !== null;
    if (error instanceof WaitFailedError) {
      error.message = client.hideCredentials(error.message);
    }
    if (!isLate) throw error;
    throw new CallTimeoutError(
      `${error.message}; ${client.hideCredentials(message)}`,
      { timeout },
    );
  } finally {
    lifetime.release();
  }
}

/** What a wait has seen of its object. */
class Progress<T extends KubeObject> {
  /** The latest state in words; null before the first, or without words. */
  message: string | null = null;
  readonly #action: string;
  readonly #predicate: Predicate<T>;
  #seen: Stored<T> | undefined;

  constructor(action: string, predicate: Predicate<T>) {
    this.#action = action;
    this.#predicate = predicate;
  }

  /** @throws {WaitFailedError} The object can never be as wanted. */
  isDone({ object, isReplaced = false }: State<T>): boolean {
    const predicate = this.#predicate;
    if (typeof predicate.stateOf !== "function") {
      this.message = object === undefined ? "it does not exist" : null;
      return isTrue(predicate(object), this.#action);
    }
    const { done, message, reason } = predicate.stateOf(object);
    if (done) return true;
    this.message = message;
    if (object === undefined && this.#seen !== undefined) {
      if (isReplaced) {
        throw this.#failure("Replaced", "another one has its name");
      }
      throw this.#failure("Deleted", "it was deleted");
    }
    this.#seen = object ?? this.#seen;
    if (reason === undefined) return false;
    const sentence = message.replace(/\.$/, "");
    const isNamed = message.toLowerCase().includes(reason.toLowerCase());
    const named = isNamed ? "" : `${reason}: `;
    throw this.#failure(reason, named + sentence);
  }

  #failure(reason: string, message: string): WaitFailedError {
    return new WaitFailedError(`Cannot ${this.#action}: ${message}`, {
      reason,
      object: this.#seen ?? {},
    });
  }
}

/** Refuses a promise, which is truthy whatever it resolves to. */
function isTrue(answer: unknown, action: string): boolean {
  if (typeof answer !== "object" || answer === null) return Boolean(answer);
  if ("then" in answer) {
    Promise.resolve(answer).catch(() => {});
    throw new TypeError(
      `Cannot ${action}: the predicate returned a Promise; it must return true or false`,
    );
  }
  return true;
}

type Request = WaitOptions & {
  readonly signal: AbortSignal;
  readonly repetition: Repetition;
};

/** A state of the object, which is undefined while it does not exist. */
interface State<T extends KubeObject> {
  readonly object: Stored<T> | undefined;
  /** Whether another object of this name follows. */
  readonly isReplaced?: boolean;
}

/**
 * The states of the object, without end. If it was deleted and created again
 * unobserved, undefined comes in between.
 */
async function* states<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
  longest: number,
): AsyncGenerator<State<T>, void> {
  let uid: string | undefined;
  for await (
    const object of observed<T>(context, name, request, longest)
  ) {
    const next = object?.metadata?.uid;
    if (uid !== undefined && next !== undefined && next !== uid) {
      yield { object: undefined, isReplaced: true };
    }
    uid = next;
    yield { object };
  }
}

/** The states of the object as far as the server reports them, without end. */
async function* observed<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
  longest: number,
): AsyncGenerator<Stored<T> | undefined, void> {
  const first = await get<T>(context, name, request);
  yield first;
  try {
    yield* watched(context, name, request, first);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof GivenUp) && !cannotWatch(error)) throw error;
  }
  let interval = Math.min(SHORTEST, longest);
  while (true) {
    await sleep(interval, request.signal);
    interval = Math.min(interval * 2, longest);
    yield await get<T>(context, name, request);
  }
}

/** The states of the object after `first`. */
async function* watched<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
  first: Stored<T> | undefined,
): AsyncGenerator<Stored<T> | undefined, void> {
  const fieldSelector = nameSelector(name);
  const collection = new Collection<T>(context, { ...request, fieldSelector });
  const { signal, repetition } = request;
  let latest = first;
  let eventless = 0;
  let failures = 0;
  const onRetry = (error: Error) => {
    repetition.onRetry?.(error);
    if (error instanceof NoEventsError) eventless++;
    if (++failures === MAX_FAILURES || eventless === MAX_EVENTLESS) {
      throw new GivenUp();
    }
  };
  const isWanted = ({ metadata }: Stored<T>) => metadata.name === name;
  for await (
    const step of listAndWatch(collection, {
      resourceVersion: null,
      signal,
      onRetry,
      policy: repetition.policy,
    })
  ) {
    failures = 0;
    if (step.type === "LISTED") {
      const object = step.objects.find(isWanted);
      const isSame = (object === undefined) === (latest === undefined) &&
        versionOf(object) === versionOf(latest);
      latest = object;
      if (!isSame) yield object;
    } else if (isWanted(step.object)) {
      latest = step.type === "DELETED" ? undefined : step.object;
      yield latest;
    }
  }
}

/** Gets the object; undefined if it does not exist. */
async function get<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
): Promise<Stored<T> | undefined> {
  const verb = { verb: "get", method: "GET", name };
  return await untilAnswered(async () => {
    try {
      return await fetchObject(context, verb, request) as Stored<T>;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }, request.repetition);
}

/** The watch brings nothing; the object is polled instead. */
class GivenUp extends Error {}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus === 404;
}

function cannotWatch(error: unknown): boolean {
  if (error instanceof ProtocolError) return true;
  return error instanceof ApiError && CANNOT_WATCH.includes(error.httpStatus);
}

function versionOf(object: KubeObject | undefined): string | undefined {
  return object?.metadata?.resourceVersion;
}

function intervalOf({ interval = LONGEST }: WaitOptions, action: string) {
  if (typeof interval === "number" && interval > 0) return interval;
  throw new RangeError(
    `Cannot ${action}: the interval ${interval} is not a number of milliseconds above 0`,
  );
}
