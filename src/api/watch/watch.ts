import type { CallContext } from "../call.ts";
import type { KubeObject } from "../../client/kube_object.ts";
import type { WatchOptions } from "../verbs/call_options.ts";
import { Collection, type WatchEvent } from "./collection.ts";
import { follow } from "./follow.ts";
import { KnownObjects } from "./known_objects.ts";
import { startLifetime, Stoppable } from "./stoppable.ts";

/**
 * What happens to the objects that options select, without an end; see
 * `Api.watch`. Nothing is sent before the first event is asked for.
 *
 * @throws {TypeError | RangeError} The options make no request.
 */
export function watch<T extends KubeObject>(
  context: CallContext,
  options: WatchOptions,
): AsyncIterableIterator<WatchEvent<T>> {
  const collection = new Collection<T>(context, options);
  return new Stoppable((stop) => events(context, collection, options, stop));
}

async function* events<T extends KubeObject>(
  { client }: CallContext,
  collection: Collection<T>,
  options: WatchOptions,
  stop: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void> {
  const { action } = collection;
  const lifetime = startLifetime(client, action, null, options.signal, stop);
  const { signal } = lifetime;
  const { resourceVersion = null, onRetry } = options;
  try {
    const steps = follow(collection, { resourceVersion, signal, onRetry });
    if (resourceVersion !== null) {
      for await (const step of steps) if (step.type !== "LISTED") yield step;
      return;
    }
    const known = new KnownObjects<T>();
    for await (const step of steps) {
      for (const event of known.tell(step)) {
        yield event;
        signal.throwIfAborted();
      }
    }
  } finally {
    lifetime.release();
  }
}
