import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { TargetNotFoundError } from "../../errors.ts";
import type { LineFormat } from "../../streams/read_lines.ts";
import { Merge } from "../merge.ts";
import { resolveAll, type TargetCall } from "../targets/resolve.ts";
import type { DelayRange } from "../../client/backoff.ts";
import type { AllLogsOptions, LogLine } from "./all_logs_options.ts";
import { FollowedContainers } from "./followed_containers.ts";
import { LogFailures, lostWith } from "./log_failures.ts";
import {
  logEntries,
  type LogLinesOptions,
  prepareLinesCall,
} from "./log_lines.ts";
import {
  cannotStart,
  hasPrevious,
  hasStarted,
  type LoggedContainer,
  missingContainer,
  waitingFor,
  wantedContainers,
} from "./logged_containers.ts";
import { type PodChange, podChanges } from "./pod_changes.ts";
import { type StuckContainer, StuckPods } from "./stuck_pods.ts";

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
  readonly needs: LogsNeeds;
}

/** What the program needs besides the options. */
export interface LogsNeeds {
  /** Defaults to text without line ends. */
  readonly format?: LineFormat;
  /** Called with the pods that there are at first, if they are followed. */
  readonly onPods?: (pods: readonly Stored<Pod>[]) => void;
  /**
   * Called before a log of a pod is followed; what it returns is called when the
   * log has ended. An exception from it ends the lines.
   */
  readonly onLog?: (pod: Stored<Pod>) => () => void;
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
  readonly #followed: FollowedContainers = new FollowedContainers();
  readonly #stuck: StuckPods = new StuckPods();
  readonly #merge: Merge<LogLine> = new Merge();
  readonly #failures: LogFailures;

  constructor(logs: LogsOfTarget) {
    this.#logs = logs;
    this.#failures = new LogFailures(logs.pods.context, logs.options);
  }

  /** One log after the other, by the names of the pods. */
  async *inOrder(pods: readonly Stored<Pod>[]): AsyncGenerator<LogLine, void> {
    const logs = this.#inOrder(pods).map(([pod, source]) =>
      this.#lines(pod, source)
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

  /** The logs to read, once it is clear that the pods have the containers. */
  #inOrder(pods: readonly Stored<Pod>[]): [Stored<Pod>, LoggedContainer][] {
    const { options, pods: { action, target } } = this.#logs;
    const { containers, previous } = options;
    const wanted = pods
      .toSorted((a, b) => a.metadata.name < b.metadata.name ? -1 : 1)
      .flatMap((pod) =>
        wantedContainers(pod, containers).map(
          (source): [Stored<Pod>, LoggedContainer] => [pod, source],
        )
      );
    if (wanted.length === 0 && containers instanceof RegExp) {
      throw new TargetNotFoundError(
        `Cannot ${action}: no container of its pods matches ${containers}`,
        { target: target.given },
      );
    }
    const there = wanted.filter(([pod, source]) => this.#has(pod, source));
    if (!previous) return there;
    const begun = there.filter(([pod, { container }]) =>
      hasPrevious(pod, container)
    );
    // If there is none at all, the server says so.
    return begun.length > 0 ? begun : there.slice(0, 1);
  }

  /** Whether the pod has the container; if not, that is a failure. */
  #has(pod: Stored<Pod>, source: LoggedContainer): boolean {
    const problem = missingContainer(pod, source.container);
    if (problem !== null) {
      this.#failures.fail(source, "ContainerNotFound", problem);
    }
    return problem === null;
  }

  /** All logs at once, and those of the pods and containers that come later. */
  async *followed(
    changes: AsyncGenerator<PodChange, void>,
  ): AsyncGenerator<LogLine, void> {
    // It is not a source: a slow reader would keep newcomers waiting.
    this.#merge.attend(this.#discover(changes));
    try {
      yield* this.#merge.values();
    } finally {
      this.#logs.end();
      await this.#merge.close();
    }
  }

  /** Begins the logs of the pods as these come. */
  async #discover(changes: AsyncGenerator<PodChange, void>): Promise<void> {
    const { pods: { action, target }, options, needs } = this.#logs;
    let latest: Stored<Pod> | undefined;
    let found = false;
    for await (const { pods, isFirst, isAll, left } of changes) {
      if (isFirst) needs.onPods?.(pods);
      if (isAll) {
        const uids = new Set(pods.map(uidOf));
        this.#followed.keep(uids);
        this.#stuck.keep(uids);
      }
      const stuck: StuckContainer[] = [];
      for (const pod of pods) found = this.#take(pod, isFirst, stuck) || found;
      latest = pods.at(-1) ?? left ?? latest;
      if (left !== undefined) {
        found = this.#leave(left) || found;
        this.#followed.left(uidOf(left));
        this.#stuck.left(uidOf(left));
      }
      this.#tellStuck(stuck);
    }
    if (found) return;
    if (latest === undefined) {
      const state = "it has ended without a pod";
      throw new TargetNotFoundError(`Cannot ${action}: ${state}`, {
        target: target.given,
      });
    }
    const [source] = wantedContainers(latest, options.containers);
    if (source === undefined) return;
    const state = `container "${source.container}" has never started; ` +
      `the pod's last phase is ${latest.status?.phase ?? "Pending"}`;
    this.#failures.fail(source, "NotStarted", state);
  }

  /**
   * @param stuck Gets the containers that newly cannot start.
   * @returns Whether a log was begun, or a failure told.
   */
  #take(pod: Stored<Pod>, isFirst: boolean, stuck: StuckContainer[]): boolean {
    const uid = uidOf(pod);
    let found = false;
    this.#stuck.note(uid, null);
    for (const source of wantedContainers(pod, this.#logs.options.containers)) {
      const { container } = source;
      if (!this.#followed.isNew(uid, container)) {
        found = true;
      } else if (hasStarted(pod, container)) {
        found = true;
        this.#followed.begin(uid, container);
        this.#stuck.begin();
        const onEnd = this.#logs.needs.onLog?.(pod);
        const ended = () => {
          onEnd?.();
          this.#followed.ended(uid);
        };
        this.#merge.add(this.#lines(pod, source, isFirst, ended));
      } else if (missingContainer(pod, container) !== null) {
        found = true;
        if (this.#followed.tells(uid, container)) this.#has(pod, source);
      } else if (cannotStart(pod, container)) {
        found = true;
        const state = waitingFor(pod, container);
        const error = this.#failures.problem(source, "NotStarted", state);
        this.#stuck.note(uid, { source, error });
        if (!this.#followed.tells(uid, container)) continue;
        stuck.push({ source, error });
      }
    }
    return found;
  }

  /** That containers cannot start ends all logs only if there are no others. */
  #tellStuck(stuck: readonly StuckContainer[]): void {
    const { options: { onError, onRetry }, pods: { target } } = this.#logs;
    if (onError === undefined) {
      const [first] = target.kind === "pod" ? stuck : [this.#stuck.hopeless];
      if (first) throw first.error;
    }
    for (const { source, error } of stuck) {
      this.#failures.tell(onError ?? onRetry, error, source);
    }
  }

  /** @returns Whether the deleted pod has had a log that was not begun. */
  #leave(pod: Stored<Pod>): boolean {
    // Else only its labels have changed.
    if (pod.metadata.deletionTimestamp === undefined) return false;
    const uid = uidOf(pod);
    const lost = wantedContainers(pod, this.#logs.options.containers)
      .filter(({ container }) =>
        this.#followed.isNew(uid, container) && hasStarted(pod, container)
      );
    for (const source of lost) {
      this.#failures.fail(source, "Lost", lostWith(source));
    }
    return lost.length > 0;
  }

  /**
   * @param isCurrent Whether it has begun before the call.
   * @param ended Called when there are no more, for whatever reason.
   */
  async *#lines(
    pod: Stored<Pod>,
    source: LoggedContainer,
    isCurrent = true,
    ended: () => void = () => {},
  ): AsyncGenerator<LogLine, void> {
    const { pods: { context, signal }, delays, needs } = this.#logs;
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
      onRetry: (error) => this.#failures.tell(recent.onRetry, error, source),
    };
    const call = prepareLinesCall(context, source.pod, options);
    const onLost = (error: Error) => this.#failures.failed(source, error);
    const { format } = needs;
    const log = { call, options, seen: pod, onLost, signal, delays, format };
    try {
      if (isUnscheduled(pod)) {
        // The server answers with an empty log.
        const state = waitingFor(pod, source.container);
        throw this.#failures.problem(source, "NotStarted", state);
      }
      for await (const { text, time } of logEntries(log)) {
        yield { ...source, line: text, time };
      }
    } catch (error) {
      signal.throwIfAborted();
      this.#failures.throwIfRefused();
      this.#failures.failed(
        source,
        this.#failures.explained(pod, source, error),
      );
    } finally {
      ended();
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

/** A server that writes no uid has one pod of a name. */
function uidOf({ metadata }: Stored<Pod>): string {
  return metadata.uid ?? metadata.name;
}

function isUnscheduled({ spec, status }: Stored<Pod>): boolean {
  return status?.phase === "Pending" && !spec?.nodeName;
}
