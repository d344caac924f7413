import type { CallContext } from "../call.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import type { WatchOptions } from "../verbs/call_options.ts";
import { Collection, type WatchEvent } from "./collection.ts";
import type { ListWatchEvent } from "./list_and_watch.ts";
import { CancellableIterator, startOperation } from "./cancellable_iterator.ts";

/**
 * The objects that a watch has reported. A list after a gap is reported as the
 * difference, so that applying the events always gives the cluster's state.
 */
export class KnownObjects<T extends KubeObject> {
  #known: Map<string, Stored<T>> = new Map();

  /** The events of a step. */
  *eventsOf(step: ListWatchEvent<T>): Generator<WatchEvent<T>, void> {
    if (step.type === "LISTED") return yield* this.#difference(step.objects);
    const key = keyOf(step.object);
    if (step.type === "DELETED") this.#known.delete(key);
    else this.#known.set(key, step.object);
    yield step;
  }

  *#difference(objects: readonly Stored<T>[]): Generator<WatchEvent<T>, void> {
    const before = this.#known;
    this.#known = new Map(objects.map((object) => [keyOf(object), object]));
    for (const [key, object] of before) {
      if (!this.#known.has(key)) yield { type: "DELETED", object };
    }
    for (const [key, object] of this.#known) {
      const known = before.get(key);
      if (known === undefined) yield { type: "ADDED", object };
      else if (versionOf(known) !== versionOf(object)) {
        yield { type: "MODIFIED", object };
      }
    }
  }
}

/** An object that was created again under its old name is another one. */
function keyOf({ metadata }: Stored<KubeObject>): string {
  const { uid, namespace, name } = metadata;
  return uid ?? `${namespace}/${name}`;
}

function versionOf({ metadata }: Stored<KubeObject>): string {
  return metadata.resourceVersion;
}

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
  const collection = new Collection<T>(context, options);
  return new CancellableIterator((stop) =>
    events(context, collection, options, stop)
  );
}

async function* events<T extends KubeObject>(
  { client }: CallContext,
  collection: Collection<T>,
  options: WatchOptions,
  stop: AbortSignal,
): AsyncGenerator<WatchEvent<T>, void> {
  const { action } = collection;
  const lifetime = startOperation(client, action, null, options.signal, stop);
  const { signal } = lifetime;
  const { resourceVersion = null, onRetry } = options;
  try {
    const { listAndWatch } = await import("./list_and_watch.ts");
    const steps = listAndWatch(collection, {
      resourceVersion,
      signal,
      onRetry,
    });
    if (resourceVersion !== null) {
      for await (const step of steps) if (step.type !== "LISTED") yield step;
      return;
    }
    const known = new KnownObjects<T>();
    for await (const step of steps) {
      for (const event of known.eventsOf(step)) {
        yield event;
        signal.throwIfAborted();
      }
    }
  } finally {
    lifetime.release();
  }
}
