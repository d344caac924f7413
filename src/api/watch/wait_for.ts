import type { CallContext } from "../call.ts";
import { callTimeout } from "../../client/deadline.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import type { WaitOptions } from "../verbs/call_options.ts";
import { callVerb } from "../verbs/verb_call.ts";
import { Collection } from "./collection.ts";
import { follow } from "./follow.ts";
import { startLifetime } from "./stoppable.ts";
import { sleep } from "./retry.ts";

/** The first pause between two looks, in milliseconds; it doubles. */
const SHORTEST = 50;
const LONGEST = 1000;

/** The answers that say: there is no listing or watching here, or not for you. */
const CANNOT_WATCH = [403, 404, 405, 501];

/**
 * Waits until the predicate is content with an object, which is undefined while
 * there is none. It gets the object, then watches it, so that it misses no
 * state; where it may only be got, it gets it again and again.
 *
 * @returns What the predicate was content with.
 */
export async function waitFor<T extends KubeObject>(
  context: CallContext,
  name: string,
  predicate: (object: Stored<T> | undefined) => boolean,
  options: WaitOptions,
): Promise<Stored<T> | undefined> {
  const { client, resource } = context;
  const action = `wait for ${resource.plural} "${name}"`;
  const longest = intervalOf(options, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  const lifetime = startLifetime(client, action, timeout, options.signal);
  const { signal } = lifetime;
  const look = { ...options, timeout: null, signal };
  try {
    for await (const object of states<T>(context, name, look, longest)) {
      signal.throwIfAborted();
      if (predicate(object)) return object;
    }
    return undefined;
  } finally {
    lifetime.release();
  }
}

type Look = WaitOptions & { readonly signal: AbortSignal };

/** The object in each state that it is seen in, without an end. */
async function* states<T extends KubeObject>(
  context: CallContext,
  name: string,
  look: Look,
  longest: number,
): AsyncGenerator<Stored<T> | undefined, void> {
  const first = await get<T>(context, name, look);
  yield first;
  try {
    yield* watched(context, name, look, first);
  } catch (error) {
    if (!cannotWatch(error)) throw error;
  }
  let interval = Math.min(SHORTEST, longest);
  while (true) {
    await sleep(interval, look.signal);
    interval = Math.min(interval * 2, longest);
    yield await get<T>(context, name, look);
  }
}

/** Its states after `first`. */
async function* watched<T extends KubeObject>(
  context: CallContext,
  name: string,
  look: Look,
  first: Stored<T> | undefined,
): AsyncGenerator<Stored<T> | undefined, void> {
  // Backslashes are for the characters that selectors are made of.
  const fieldSelector = `metadata.name=${name.replaceAll(/[\\,=]/g, "\\$&")}`;
  const collection = new Collection<T>(context, { ...look, fieldSelector });
  const { signal } = look;
  const isWanted = ({ metadata }: Stored<T>) => metadata.name === name;
  for await (
    const step of follow(collection, { resourceVersion: null, signal })
  ) {
    if (step.type === "LISTED") {
      const object = step.objects.find(isWanted);
      if (versionOf(object) !== versionOf(first)) yield object;
    } else if (isWanted(step.object)) {
      yield step.type === "DELETED" ? undefined : step.object;
    }
  }
}

/** Undefined while there is none. */
async function get<T extends KubeObject>(
  context: CallContext,
  name: string,
  look: Look,
): Promise<Stored<T> | undefined> {
  try {
    const verb = { verb: "get", method: "GET", name };
    return await callVerb(context, verb, look) as Stored<T>;
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
    `Cannot ${action}: the interval ${interval} is not milliseconds above 0`,
  );
}
