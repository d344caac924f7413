import { Backoff, type DelayRange, sleep } from "../../client/backoff.ts";
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
import type { TimedLine } from "./resume_point.ts";

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

/**
 * One run of a container, identified on the first look. A log that ends proves
 * nothing: an API server that loses the kubelet ends its response cleanly.
 */
export class ContainerRun {
  readonly #source: RunSource;
  #uid: string | undefined;
  #id: string | null = null;
  #forbidden = false;

  /** @param uid The pod's; defaults to that of the first look. */
  constructor(source: RunSource, uid?: string) {
    this.#source = source;
    this.#uid = uid;
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
        this.#id = previous?.containerID ?? null;
        return "replaced";
      }
      if (!running && !terminated && !previous) {
        // After an init container has failed, for example, it never starts.
        return hasEnded(pod) ? "ended" : notStarted(latest);
      }
      this.#id = current;
    }
    if (current !== null && current !== this.#id) {
      const known = previous?.containerID ?? this.#id;
      return known === this.#id ? "replaced" : "lost";
    }
    return running ? "running" : "ended";
  }

  /**
   * Waits for the container's next run, and becomes that.
   *
   * @returns False if there will be none.
   */
  async next(delays: DelayRange, signal: AbortSignal): Promise<boolean> {
    const backoff = new Backoff(delays);
    while (true) {
      const pod = await this.#get(signal);
      if (pod === "gone" || pod === "unknown" || hasEnded(pod)) return false;
      if (pod.metadata?.deletionTimestamp !== undefined) return false;
      const status = this.#statusOf(pod);
      const id = status === undefined ? null : idOf(status);
      const { running, terminated } = status?.state ?? {};
      if ((running || terminated) && id !== null && id !== this.#id) {
        this.#id = id;
        return true;
      }
      if (terminated && !this.#mayRestart(pod, terminated.exitCode)) {
        return false;
      }
      await sleep(backoff.next(), signal);
    }
  }

  async #get(signal: AbortSignal): Promise<Pod | "gone" | "unknown"> {
    if (this.#forbidden) return "unknown";
    const { context, name, namespace } = this.#source;
    const verb = { verb: "get", method: "GET", name };
    const options = { namespace, signal };
    try {
      const pod = await fetchObject(context, verb, options) as Pod;
      const uid = pod.metadata?.uid;
      this.#uid ??= uid;
      return uid === undefined || uid === this.#uid ? pod : "gone";
    } catch (error) {
      // Something else than a pod, for example from a proxy.
      if (error instanceof ProtocolError) return "unknown";
      if (!(error instanceof ApiError)) throw error;
      if (error.httpStatus === 404) return "gone";
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
