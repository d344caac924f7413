import type { CallContext } from "../call.ts";
import { sleep } from "../../client/backoff.ts";
import { callTimeout } from "../../client/deadline.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import type { WaitOptions } from "../verbs/call_options.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { Collection, NoEventsError } from "./collection.ts";
import { listAndWatch } from "./list_and_watch.ts";
import { startOperation } from "./cancellable_iterator.ts";

/** The first polling interval, in milliseconds; it doubles. */
const SHORTEST = 50;
const LONGEST = 1000;

/** The HTTP status codes of an API that cannot be watched, or not by us. */
const CANNOT_WATCH = [403, 404, 405, 501];

/** After so many watches without events, the object is polled instead. */
const MAX_EVENTLESS = 2;

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
  predicate: (object: Stored<T> | undefined) => boolean,
  options: WaitOptions,
): Promise<Stored<T> | undefined> {
  const { client, resource } = context;
  const action = `wait for ${resource.plural} "${name}"`;
  if (typeof predicate !== "function") {
    throw new TypeError(`Cannot ${action}: the predicate is not a function`);
  }
  const longest = intervalOf(options, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  const lifetime = startOperation(client, action, timeout, options.signal);
  const { signal } = lifetime;
  const request = { ...options, timeout: null, signal };
  try {
    for await (const object of states<T>(context, name, request, longest)) {
      signal.throwIfAborted();
      if (isTrue(predicate(object), action)) return object;
    }
    return undefined;
  } finally {
    lifetime.release();
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

type Request = WaitOptions & { readonly signal: AbortSignal };

/**
 * The states of the object, without end. If it was deleted and created again
 * unobserved, undefined comes in between.
 */
async function* states<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
  longest: number,
): AsyncGenerator<Stored<T> | undefined, void> {
  let uid: string | undefined;
  for await (
    const object of observed<T>(context, name, request, longest)
  ) {
    const next = object?.metadata?.uid;
    if (uid !== undefined && next !== undefined && next !== uid) {
      yield undefined;
    }
    uid = next;
    yield object;
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
    if (!cannotWatch(error)) throw error;
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
  // The characters that have a meaning in selectors are escaped.
  const fieldSelector = `metadata.name=${name.replaceAll(/[\\,=]/g, "\\$&")}`;
  const collection = new Collection<T>(context, { ...request, fieldSelector });
  const { signal } = request;
  let eventless = 0;
  const onRetry = (error: Error) => {
    if (!(error instanceof NoEventsError)) return;
    if (++eventless === MAX_EVENTLESS) throw error;
  };
  const isWanted = ({ metadata }: Stored<T>) => metadata.name === name;
  for await (
    const step of listAndWatch(collection, {
      resourceVersion: null,
      signal,
      onRetry,
    })
  ) {
    if (step.type === "LISTED") {
      const object = step.objects.find(isWanted);
      if (versionOf(object) !== versionOf(first)) yield object;
    } else if (isWanted(step.object)) {
      yield step.type === "DELETED" ? undefined : step.object;
    }
  }
}

/** Gets the object; undefined if it does not exist. */
async function get<T extends KubeObject>(
  context: CallContext,
  name: string,
  request: Request,
): Promise<Stored<T> | undefined> {
  try {
    const verb = { verb: "get", method: "GET", name };
    return await fetchObject(context, verb, request) as Stored<T>;
  } catch (error) {
    if (error instanceof ApiError && error.httpStatus === 404) return undefined;
    throw error;
  }
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
