import { Backoff, type DelayRange } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import type {
  Container,
  ContainerStatus,
  Pod,
} from "../../client/kubernetes/core_v1.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import type { CallContext } from "../call.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { hasEnded } from "../watch/predicates/pod_state.ts";
import type { TimedLine } from "./log_entry.ts";

/**
 * The state of a container run whose log is read:
 * - `running`, or about to start;
 * - `ended`: it is the container's latest run, and has terminated;
 * - `replaced`: the container has a newer run, and this is the previous one;
 * - `lost`: the container has had several newer runs;
 * - `gone`: the pod does not exist any more;
 * - `unknown`: the pod may not be got, or does not list the container.
 */
export type RunState =
  | "running"
  | "ended"
  | "replaced"
  | "lost"
  | "gone"
  | "unknown";

/** The pod and the container of a {@linkcode ContainerRun}. */
export interface RunSource {
  readonly context: CallContext;
  readonly name: string;
  readonly namespace: string | undefined;
  /** Undefined: the pod's only one. */
  readonly container: string | undefined;
}

/** The run that follows another, as far as its log can be read. */
export interface NextRun {
  /** Whether the container has a newer run: its log is the previous one. */
  readonly isPrevious: boolean;
  /** How many runs in between have no log any more. */
  readonly lost: number;
}

/**
 * One run of a container, identified on the first look. A log that ends proves
 * nothing: an API server that loses the kubelet ends its response cleanly.
 */
export class ContainerRun {
  readonly #source: RunSource;
  #uid: string | undefined;
  #id: string | null = null;
  /** How often the container had restarted before this run. */
  #restarts: number | undefined;
  /** The pod that has the name now, if it is another. */
  #successor: Pod | null = null;
  #forbidden = false;
  /** Whether another pod may get the name. */
  #isNameReused = true;

  /** @param seen The pod as a list or a watch has shown it. */
  constructor(source: RunSource, seen?: Pod) {
    this.#source = source;
    if (seen === undefined) return;
    this.#identify(seen);
    const status = this.#statusOf(seen);
    if (status !== undefined) this.#become(idOf(status), status.restartCount);
  }

  /** Whether it is known which run it is, so that a log can be another's. */
  get isIdentified(): boolean {
    return this.#uid !== undefined;
  }

  get pod(): string {
    return this.#source.name;
  }

  /** The container's name; empty: the pod's only one. */
  get container(): string {
    return this.#source.container ?? "";
  }

  /** Once the pod is gone: whether another one has its name now. */
  get hasSuccessor(): boolean {
    return this.#successor !== null;
  }

  /**
   * Once the pod is gone: the whole second in which the next pod of its name
   * was started, in milliseconds, or 0 if that is not known; null if there is
   * none that has a log.
   */
  get successorStart(): number | null {
    // Several pods may have come and gone.
    if (this.#successor === null) return this.#isNameReused ? 0 : null;
    const { state, lastState } = this.#statusOf(this.#successor) ?? {};
    const { running, terminated = lastState?.terminated } = state ?? {};
    const run = running ?? terminated;
    if (run === undefined) return null;
    return secondsOf(this.#successor.status?.startTime ?? run.startedAt) ?? 0;
  }

  #identify({ metadata }: Pod): void {
    this.#uid = metadata?.uid;
    // Names that end with random characters do not come again.
    const [owner] = metadata?.ownerReferences ?? [];
    this.#isNameReused = owner === undefined || owner.kind === "StatefulSet";
  }

  #become(id: string | null, restarts: number | undefined): void {
    this.#id = id;
    this.#restarts = restarts;
  }

  /**
   * Gets the pod and looks at the run.
   *
   * @param latest The last line that was read from it.
   */
  async state(
    latest: TimedLine | null,
    signal: AbortSignal,
  ): Promise<RunState> {
    const pod = await this.#get(signal);
    if (pod === "gone" || pod === "unknown") return pod;
    const status = this.#statusOf(pod);
    const { running, terminated, waiting } = status?.state ?? {};
    if (status === undefined || !(running ?? terminated ?? waiting)) {
      if (hasEnded(pod)) return "ended";
      return pod.status?.phase === "Pending" ? notStarted(latest) : "unknown";
    }
    const previous = status.lastState?.terminated;
    const current = idOf(status);
    if (this.#id === null) {
      if (running && isNewer(status, latest)) {
        const { restartCount } = status;
        this.#become(previous?.containerID ?? null, restartCount - 1);
        return "replaced";
      }
      if (!running && !terminated && !previous) {
        // After an init container has failed, for example, it never starts.
        return hasEnded(pod) ? "ended" : notStarted(latest);
      }
      this.#become(current, status.restartCount);
    }
    if (current !== null && current !== this.#id) {
      const known = previous?.containerID ?? this.#id;
      return known === this.#id ? "replaced" : "lost";
    }
    return running ? "running" : "ended";
  }

  /**
   * Waits for the container's next run whose log can be read, and becomes that.
   *
   * @returns Null if there will be none.
   */
  async next(delays: DelayRange, signal: AbortSignal): Promise<NextRun | null> {
    const backoff = new Backoff(delays);
    while (true) {
      const pod = await this.#get(signal);
      if (pod === "gone" || pod === "unknown") return null;
      const status = this.#statusOf(pod);
      const next = status === undefined ? null : this.#follow(status);
      if (next !== null) return next;
      if (hasEnded(pod)) return null;
      if (pod.metadata?.deletionTimestamp !== undefined) return null;
      const { terminated } = status?.state ?? {};
      if (terminated && !this.#mayRestart(pod, terminated.exitCode)) {
        return null;
      }
      await sleep(backoff.next(), signal);
    }
  }

  /** Becomes the next run, if there is one. */
  #follow(status: ContainerStatus): NextRun | null {
    const { state, lastState, restartCount } = status;
    const id = idOf(status);
    const previous = lastState?.terminated?.containerID;
    const hasLog = state?.running ?? state?.terminated ?? previous === id;
    if (!hasLog || id === null || id === this.#id) return null;
    const isUncounted = this.#restarts === undefined ||
      restartCount === undefined;
    // The previous run was ours: there is none in between, whatever the count.
    const skipped = isUncounted || previous === this.#id
      ? 0
      : Math.max(0, restartCount - this.#restarts! - 1);
    const known = this.#id !== null;
    if (known && previous && previous !== this.#id && previous !== id) {
      this.#become(previous, restartCount - 1);
      return { isPrevious: true, lost: Math.max(0, skipped - 1) };
    }
    this.#become(id, restartCount);
    return { isPrevious: false, lost: known ? skipped : 0 };
  }

  async #get(signal: AbortSignal): Promise<Pod | "gone" | "unknown"> {
    if (this.#forbidden) return "unknown";
    const { context, name, namespace } = this.#source;
    const verb = { verb: "get", method: "GET", name };
    const options = { namespace, signal };
    try {
      const pod = await fetchObject(context, verb, options) as Pod;
      const uid = pod.metadata?.uid;
      if (this.#uid === undefined) this.#identify(pod);
      if (uid === undefined || uid === this.#uid) return pod;
      this.#successor = pod;
      return "gone";
    } catch (error) {
      // Something else than a pod, for example from a proxy.
      if (error instanceof ProtocolError) return "unknown";
      if (!(error instanceof ApiError)) throw error;
      if (error.httpStatus === 404) {
        this.#successor = null;
        return "gone";
      }
      if (error.httpStatus !== 403) throw error;
      this.#forbidden = true;
      return "unknown";
    }
  }

  /** Whether the container, which has terminated, may run again. */
  #mayRestart({ spec }: Pod, exitCode: number | undefined): boolean {
    const name = this.#nameIn(spec);
    const named = (list: Container[] | undefined) =>
      Array.isArray(list) ? list.find((it) => it?.name === name) : undefined;
    const main = named(spec?.containers);
    const init = named(spec?.initContainers);
    const container = main ?? init;
    // An ephemeral container runs once.
    if (container === undefined) return false;
    if (container.restartPolicyRules?.length) return true;
    const policy = container.restartPolicy ?? spec?.restartPolicy;
    if (policy === "Never") return false;
    // An init container that is no sidecar runs until it succeeds.
    const once = main === undefined && container.restartPolicy === undefined;
    return exitCode !== 0 || !(once || policy === "OnFailure");
  }

  #nameIn(spec: Pod["spec"]): string | undefined {
    return this.#source.container ?? spec?.containers?.[0]?.name;
  }

  #statusOf({ spec, status }: Pod): ContainerStatus | undefined {
    const name = this.#nameIn(spec);
    return [
      status?.containerStatuses,
      status?.initContainerStatuses,
      status?.ephemeralContainerStatuses,
    ].flatMap((list) => Array.isArray(list) ? list : [])
      .find((it) => isRecord(it) && it.name === name);
  }
}

/**
 * The state of a container that has never run. It has no log: if lines were
 * read, the pod has been created again since.
 */
function notStarted(latest: TimedLine | null): RunState {
  return latest === null ? "running" : "gone";
}

/** What distinguishes the container's current run from others; null: unknown. */
function idOf({ containerID, state }: ContainerStatus): string | null {
  return containerID || state?.running?.startedAt ||
    state?.terminated?.startedAt || null;
}

/**
 * Whether the running container started after the line was written. Starts are
 * reported in whole seconds: within the same second, a previous run that ended
 * later than the line wrote it.
 */
function isNewer(
  { state, lastState }: ContainerStatus,
  latest: TimedLine | null,
): boolean {
  const started = secondsOf(state?.running?.startedAt);
  if (latest === null || started === null) return false;
  if (started !== latest.epoch) return started > latest.epoch;
  const finished = secondsOf(lastState?.terminated?.finishedAt);
  return finished !== null && finished >= latest.epoch;
}

/** A time cut to whole seconds, in milliseconds; null: none. */
function secondsOf(time: string | undefined): number | null {
  const epoch = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(epoch) ? null : Math.floor(epoch / 1000) * 1000;
}
