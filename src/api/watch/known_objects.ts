import type { KubeObject, Stored } from "../../client/kube_object.ts";
import type { WatchEvent } from "./collection.ts";
import type { ListWatchEvent } from "./list_and_watch.ts";

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
