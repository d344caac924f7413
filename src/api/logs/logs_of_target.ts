import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { ApiError } from "../../errors.ts";
import { Merge } from "../merge.ts";
import { resolveAll, type TargetCall } from "../targets/resolve.ts";
import type { DelayRange } from "../../client/backoff.ts";
import type { AllLogsOptions, LogLine } from "./all_logs_options.ts";
import {
  logEntries,
  type LogLinesOptions,
  prepareLinesCall,
} from "./log_lines.ts";
import { type LoggedContainer, loggedContainers } from "./logged_containers.ts";
import { type PodChange, podChanges } from "./pod_changes.ts";

/**
 * How many logs are requested before the one that is read: a request takes
 * longer than the log of many a container.
 */
const LOOKAHEAD = 4;

/** The logs of a target, to read. */
export interface LogsOfTarget {
  readonly pods: TargetCall;
  readonly options: AllLogsOptions;
  /** Aborts the signal of `pods`. */
  readonly end: () => void;
  readonly delays: DelayRange;
}

/**
 * The lines of the logs of a target.
 *
 * @throws {TargetNotFoundError} It has no pods, and none are waited for.
 */
export async function* logsOfTarget(
  logs: LogsOfTarget,
): AsyncGenerator<LogLine, void> {
  const { pods, options, delays } = logs;
  const reading = new LogsReading(logs);
  if (!options.follow) return yield* reading.inOrder(await resolveAll(pods));
  const onRetry = (error: Error) => options.onRetry?.(error, null);
  yield* reading.followed(podChanges({ ...pods, delays, onRetry }));
}

/** Reads the logs of a target, one by one or all at once. */
class LogsReading {
  readonly #logs: LogsOfTarget;
  /** What a callback has thrown. */
  #refusal: { readonly reason: unknown } | null = null;

  constructor(logs: LogsOfTarget) {
    this.#logs = logs;
  }

  /** One log after the other, by the names of the pods. */
  async *inOrder(pods: readonly Stored<Pod>[]): AsyncGenerator<LogLine, void> {
    const { options } = this.#logs;
    const logs = pods
      .toSorted((a, b) => a.metadata.name < b.metadata.name ? -1 : 1)
      .flatMap((pod) =>
        loggedContainers(pod, options).map((source) => this.#lines(pod, source))
      );
    const begun = logs.splice(0, LOOKAHEAD).map(begin);
    try {
      for (let log = begun[0]; log !== undefined; log = begun[0]) {
        let line = await log.first;
        for (; !line.done; line = await log.lines.next()) yield line.value;
        begun.shift();
        begun.push(...logs.splice(0, 1).map(begin));
      }
    } finally {
      this.#logs.end();
      await Promise.allSettled(begun.map(({ lines }) => lines.return()));
    }
  }

  /** All logs at once, and those of the pods and containers that come later. */
  async *followed(
    changes: AsyncGenerator<PodChange, void>,
  ): AsyncGenerator<LogLine, void> {
    const { options } = this.#logs;
    const merge = new Merge<LogLine | PodChange>();
    const known = new Set<string>();
    merge.add(changes);
    try {
      for await (const item of merge.values()) {
        if (!("pods" in item)) {
          yield item;
          continue;
        }
        for (const pod of item.pods) {
          for (const source of loggedContainers(pod, options)) {
            const key = `${pod.metadata.uid}/${source.container}`;
            if (known.has(key)) continue;
            known.add(key);
            merge.add(this.#lines(pod, source, item.isFirst));
          }
        }
      }
    } finally {
      this.#logs.end();
      await merge.close();
    }
  }

  /** @param isCurrent Whether it has begun before the call. */
  async *#lines(
    { metadata }: Stored<Pod>,
    source: LoggedContainer,
    isCurrent = true,
  ): AsyncGenerator<LogLine, void> {
    const { pods: { context, signal }, delays } = this.#logs;
    const { namespace, follow, previous, sinceTime, timeout, ...recent } =
      this.#logs.options;
    const options: LogLinesOptions = {
      namespace,
      follow,
      previous,
      sinceTime,
      timeout,
      // Of what comes later, everything is wanted.
      tailLines: isCurrent ? recent.tailLines : undefined,
      sinceSeconds: isCurrent ? recent.sinceSeconds : undefined,
      container: source.container,
      timestamps: true,
      restarts: follow,
      onRetry: (error) => this.#tell(recent.onRetry, error, source),
    };
    const call = prepareLinesCall(context, source.pod, options);
    const { uid } = metadata;
    const log = { call, options, uid, signal, delays };
    try {
      for await (const { text, time } of logEntries(log)) {
        yield { ...source, line: text, time };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (this.#refusal !== null) throw this.#refusal.reason;
      // Since it was seen, the pod was deleted.
      if (error instanceof ApiError && error.httpStatus === 404) return;
      if (recent.onError === undefined) throw error;
      this.#tell(recent.onError, error as Error, source);
    }
  }

  /** Calls a callback, whose exception ends all logs, not this one alone. */
  #tell(
    callback: ((error: Error, source: LoggedContainer) => void) | undefined,
    error: Error,
    source: LoggedContainer,
  ): void {
    try {
      callback?.(error, source);
    } catch (reason) {
      this.#refusal ??= { reason };
      throw reason;
    }
  }
}

/** Requests the first line of a log. */
function begin(lines: AsyncGenerator<LogLine, void>) {
  const first = lines.next();
  // Its failure is thrown when its turn comes.
  first.catch(() => {});
  return { lines, first };
}
