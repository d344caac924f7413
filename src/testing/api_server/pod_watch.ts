import type { ChunksAnswer } from "./exchange.ts";
import type { PodObject } from "./pod_record.ts";
import type { PodEvent, PodStore } from "./pod_store.ts";
import { fieldSelector, labelSelector } from "./selectors.ts";

/**
 * Tells the changes of pods, a line of JSON each: those after
 * `resourceVersion`, or, without one, all pods that there are and then what
 * comes.
 *
 * @throws {ApiFailure} 400, for a selector that does not parse.
 */
export function watchPods(
  store: PodStore,
  query: URLSearchParams,
  namespace: string | null,
): ChunksAnswer {
  const matches = labelSelector(query.get("labelSelector"));
  const fits = fieldSelector(query.get("fieldSelector"));
  const wanted = (pod: PodObject): boolean =>
    (namespace === null || pod.metadata.namespace === namespace) &&
    matches(pod) && fits(pod);
  const since = Number(query.get("resourceVersion") ?? 0);
  const seconds = Number(query.get("timeoutSeconds") ?? 0);

  async function* lines(gone: AbortSignal): AsyncGenerator<string> {
    const deadline = deadlineOf(seconds, gone);
    try {
      let version = since || store.version;
      if (since === 0) {
        for (const { pod } of store.records) {
          if (wanted(pod)) yield line({ type: "ADDED", object: pod });
        }
      }
      while (!deadline.reached) {
        const events = store.eventsAfter(version);
        for (const event of events) {
          version = Number(event.object.metadata.resourceVersion);
          if (wanted(event.object)) yield line(event);
        }
        if (events.length > 0) continue;
        await Promise.race([store.changed(), deadline.promise]);
      }
    } finally {
      deadline.clear();
    }
  }

  return { kind: "chunks", contentType: "application/json", chunks: lines };
}

function line(event: PodEvent): string {
  return JSON.stringify(event) + "\n";
}

interface Deadline {
  reached: boolean;
  readonly promise: Promise<void>;
  clear(): void;
}

/** Reached when the client is gone, or after so many seconds unless 0. */
function deadlineOf(seconds: number, gone: AbortSignal): Deadline {
  const { promise, resolve } = Promise.withResolvers<void>();
  const reach = (): void => {
    deadline.reached = true;
    resolve();
  };
  const timer = seconds > 0 ? setTimeout(reach, seconds * 1000) : undefined;
  const deadline: Deadline = {
    reached: gone.aborted,
    promise,
    clear() {
      clearTimeout(timer);
      gone.removeEventListener("abort", reach);
    },
  };
  gone.addEventListener("abort", reach);
  return deadline;
}
