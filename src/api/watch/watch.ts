import type { CallContext } from "../call.ts";
import type { KubeObject } from "../../client/kube_object.ts";
import type { WatchOptions } from "../verbs/call_options.ts";
import { prepareWatch } from "../verbs/listing.ts";
import type { WatchEvent } from "./collection.ts";
import { iterateOperation } from "./cancellable_iterator.ts";

/**
 * The changes of the objects that the options select, without end; see
 * `Api.watch`. Nothing is sent before the first event is requested.
 *
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function watch<T extends KubeObject>(
  context: CallContext,
  options: WatchOptions,
): AsyncIterableIterator<WatchEvent<T>> {
  const { action } = prepareWatch(context, options);
  const { client } = context;
  return iterateOperation({
    client,
    action,
    signal: options.signal,
    values: (signal) => events<T>(context, options, signal),
  });
}

async function* events<T extends KubeObject>(
  context: CallContext,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void> {
  const { resourceVersion = null, onRetry } = options;
  const [{ Collection }, { listAndWatch }, { KnownObjects }] = await Promise
    .all([
      import("./collection.ts"),
      import("./list_and_watch.ts"),
      import("./known_objects.ts"),
    ]);
  const collection = new Collection<T>(context, options);
  const steps = listAndWatch(collection, { resourceVersion, signal, onRetry });
  if (resourceVersion !== null) {
    for await (const step of steps) if (step.type !== "LISTED") yield step;
    return;
  }
  const known = new KnownObjects<T>();
  for await (const step of steps) yield* known.eventsOf(step);
}
