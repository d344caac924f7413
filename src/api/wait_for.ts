import { callTimeout, startDeadline } from "../client/deadline.ts";
import { ApiError } from "../errors.ts";
import type { WaitOptions } from "./call_options.ts";
import type { VerbContext } from "./verb_call.ts";

/** The first pause between two looks, in milliseconds; it doubles. */
const SHORTEST = 50;
const LONGEST = 1000;

/**
 * Looks at an object, again and again, until the predicate is content.
 *
 * @param get Gets the object; an `ApiError` with code 404 counts as undefined.
 * @returns What the predicate was content with.
 */
export async function waitFor<T>(
  context: VerbContext,
  name: string,
  get: (options: WaitOptions) => Promise<T>,
  predicate: (object: T | undefined) => boolean,
  options: WaitOptions,
): Promise<T | undefined> {
  const { client, resource } = context;
  const action = `wait for ${resource.plural} "${name}"`;
  const longest = intervalOf(options, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  const deadline = startDeadline(action, timeout, options.signal);
  const { signal } = deadline;
  try {
    let interval = Math.min(SHORTEST, longest);
    while (true) {
      const look = { ...options, timeout: null, signal };
      const object = await unlessMissing(get(look));
      signal.throwIfAborted();
      if (predicate(object)) return object;
      await sleep(interval, signal);
      interval = Math.min(interval * 2, longest);
    }
  } finally {
    deadline.release();
  }
}

function intervalOf({ interval = LONGEST }: WaitOptions, action: string) {
  if (typeof interval === "number" && interval > 0) return interval;
  throw new RangeError(
    `Cannot ${action}: the interval ${interval} is not milliseconds above 0`,
  );
}

async function unlessMissing<T>(object: Promise<T>): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
