import { type ApiAnswer, type ApiRequest, json } from "./exchange.ts";
import { newPod, parseObject, timestamp } from "./new_pod.ts";
import type { PodRunner } from "./pod_runner.ts";
import type { PodStore } from "./pod_store.ts";
import { watchPods } from "./pod_watch.ts";
import { fieldSelector, labelSelector } from "./selectors.ts";
import { badRequest } from "./status_failures.ts";

const DEFAULT_GRACE_SECONDS = 30;

/** The HTTP verbs on pods, their caller allowed to use them. */
export class PodVerbs {
  readonly #store: PodStore;
  readonly #runner: PodRunner;

  constructor(store: PodStore, runner: PodRunner) {
    this.#store = store;
    this.#runner = runner;
  }

  create(request: ApiRequest, namespace: string): ApiAnswer {
    const record = this.#store.add(
      newPod(parseObject(request.body), namespace),
    );
    const answer = json(201, record.pod);
    this.#runner.start(record);
    return answer;
  }

  get(namespace: string, name: string): ApiAnswer {
    return json(200, this.#store.get(namespace, name).pod);
  }

  /** All of them, or with `limit`, a page and a token for the next. */
  list({ url }: ApiRequest, namespace: string | null): ApiAnswer {
    const query = url.searchParams;
    const matches = labelSelector(query.get("labelSelector"));
    const fits = fieldSelector(query.get("fieldSelector"));
    const all = this.#store.records.map(({ pod }) => pod).filter((pod) =>
      (namespace === null || pod.metadata.namespace === namespace) &&
      matches(pod) && fits(pod)
    );
    const start = readContinue(query.get("continue"));
    const limit = Number(query.get("limit") ?? 0) || all.length;
    const items = all.slice(start, start + limit);
    const next = start + items.length;
    const left = all.length - next;
    return json(200, {
      kind: "PodList",
      apiVersion: "v1",
      metadata: {
        resourceVersion: String(this.#store.version),
        ...(left > 0
          ? { continue: btoa(String(next)), remainingItemCount: left }
          : {}),
      },
      items,
    });
  }

  watch(request: ApiRequest, namespace: string | null): ApiAnswer {
    return watchPods(this.#store, request.url.searchParams, namespace);
  }

  /** Marks it, answers, and ends it; until its processes are gone it is seen. */
  delete(request: ApiRequest, namespace: string, name: string): ApiAnswer {
    const record = this.#store.get(namespace, name);
    const grace = readGrace(request);
    if (!record.removed) {
      record.pod.metadata.deletionTimestamp = timestamp();
      record.pod.metadata.deletionGracePeriodSeconds = grace;
      this.#store.touch(record);
      this.#runner.stop(record, grace === 0 ? 0 : undefined);
    }
    return json(200, record.pod);
  }
}

function readContinue(token: string | null): number {
  if (!token) return 0;
  const start = /^[\w=]+$/.test(token) ? Number(atob(token)) : NaN;
  if (Number.isInteger(start)) return start;
  throw badRequest("continue key is not valid");
}

function readGrace({ url, body }: ApiRequest): number {
  const query = url.searchParams.get("gracePeriodSeconds");
  const options = body.byteLength > 0 ? parseObject(body) : {};
  const grace = query ?? options.gracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return Number(grace);
}
