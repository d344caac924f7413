import { startTimer } from "../../timers.ts";
import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  ProcessOutcome,
} from "../containers/container.ts";
import {
  type ImageProblem,
  imageProblem,
  pullBackOff,
} from "./image_problem.ts";
import type { ObjectStore } from "./objects/object_store.ts";
import {
  type InitContainerSpec,
  isEphemeralContainer,
  isInitContainer,
  isInitStep,
  isPod,
  isSidecar,
  type PodRecord,
  statusOf,
} from "./pod_record.ts";
import {
  initialStatus,
  scheduledStatus,
  setCondition,
  setReadiness,
  setRunning,
  setTerminated,
} from "./pod_status.ts";

export interface PodRunnerOptions {
  /** Milliseconds from a pod's creation until it runs. */
  readonly startupDelay: number;
}

/** The annotation of a pod that is never scheduled. */
const UNSCHEDULABLE_ANNOTATION = "podwire.dev/unschedulable";

/** The node of every pod. */
export const NODE = "podwire-node";

/** How long processes may take to end, in milliseconds. */
const STOP_GRACE = 200;

/** The delay before a container's first restart, in milliseconds; it doubles. */
const FIRST_RESTART = 100;

/** The longest such delay. */
const LONGEST_RESTART = 10_000;

/**
 * Runs pods through their phases: Pending without a node, Pending on the node,
 * Running and, unless the policy restarts its containers, Succeeded or Failed.
 */
export class PodRunner {
  readonly #store: ObjectStore;
  readonly #runtime: ContainerRuntime;
  readonly #startupDelay: number;
  /** Cancel the timers that are running. */
  readonly #timers = new Set<() => void>();
  /** The stops under way; `close` waits for them. */
  readonly #stopping = new Set<Promise<void>>();

  constructor(
    store: ObjectStore,
    runtime: ContainerRuntime,
    options: PodRunnerOptions,
  ) {
    this.#store = store;
    this.#runtime = runtime;
    this.#startupDelay = options.startupDelay;
  }

  /** Starts a new pod after the startup delay. */
  start(record: PodRecord): void {
    if (record.object.metadata.annotations?.[UNSCHEDULABLE_ANNOTATION]) return;
    const third = this.#startupDelay / 3;
    // One after the other: late timers may run out of order.
    this.#after(third, record, () => {
      this.#schedule(record);
      this.#after(2 * third, record, () => this.#run(record));
    });
  }

  /** Starts a pod without delay. */
  runNow(record: PodRecord): void {
    this.#schedule(record);
    this.#run(record);
  }

  /** Starts the ephemeral containers that were added to a pod. */
  startEphemeralContainers(record: PodRecord): void {
    const { status, spec: { ephemeralContainers = [] } } = record.object;
    const added = ephemeralContainers.filter(({ name }) =>
      statusOf(record, name) === undefined
    );
    const { phase } = status;
    if (added.length === 0 || phase !== "Running" || record.removed) return;
    status.ephemeralContainerStatuses = [
      ...status.ephemeralContainerStatuses ?? [],
      ...added.map((spec) => initialStatus(spec, "ContainerCreating")),
    ];
    this.#store.recordChange(record);
    this.#after(this.#startupDelay / 3, record, () => {
      for (const spec of record.ending ? [] : added) this.#launch(record, spec);
      this.#store.recordChange(record);
    });
  }

  /** Ends a pod's processes, then removes it unless it has finalizers. */
  async stop(record: PodRecord, grace: number = STOP_GRACE): Promise<void> {
    record.removed = true;
    const containers = [...record.containers.values()];
    await Promise.all(
      containers.map((container) => this.#stopContainer(container, grace)),
    );
    record.containers.clear();
    record.gone.abort();
    const held = record.object.metadata.finalizers?.length ?? 0;
    if (held === 0) this.#store.remove(record);
  }

  /** Ends every pod now, and waits for the stops under way. */
  async close(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    await Promise.all(
      this.#store.records.filter(isPod).map((pod) => this.stop(pod, 0)),
    );
    await Promise.all(this.#stopping);
  }

  #stopContainer(container: Container, grace: number): Promise<void> {
    const stopped = container.stop(grace)
      .finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
    return stopped;
  }

  #schedule(record: PodRecord): void {
    const pod = record.object;
    pod.spec.nodeName ??= NODE;
    pod.status = scheduledStatus(pod.spec);
    this.#store.recordChange(record);
    this.#limit(record);
  }

  /** Starts the clock of a pod that may not be active for longer. */
  #limit(record: PodRecord): void {
    const { activeDeadlineSeconds } = record.object.spec;
    if (activeDeadlineSeconds === undefined) return;
    const cancel = this.#after(
      activeDeadlineSeconds * 1000,
      record,
      () => void this.#exceed(record),
    );
    record.gone.signal.addEventListener("abort", cancel, { once: true });
  }

  /** Ends a pod that was active for too long, as the kubelet does. */
  async #exceed(record: PodRecord): Promise<void> {
    if (record.ending) return;
    record.ending = true;
    // The first container that ends is shown together with the reason.
    Object.assign(record.object.status, {
      phase: "Failed",
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
    const containers = [...record.containers.values()];
    await Promise.all(
      containers.map((container) => this.#stopContainer(container, STOP_GRACE)),
    );
    if (record.removed) return;
    setReadiness(record);
    this.#store.recordChange(record);
  }

  /**
   * Starts the init containers from this index on, then the others. Continues
   * when an init container has succeeded; a sidecar does not have to end.
   */
  #run(record: PodRecord, index = 0): void {
    if (record.ending) return;
    const { status, spec } = record.object;
    status.podIP = "127.0.0.1";
    for (const container of (spec.initContainers ?? []).slice(index)) {
      const isStarted = this.#launch(record, container);
      if (!isStarted || !isSidecar(container)) {
        return this.#store.recordChange(record);
      }
    }
    setCondition(record, "Initialized", "True");
    const started = spec.containers
      .map((container) => this.#launch(record, container));
    if (started.every(Boolean)) status.phase = "Running";
    setReadiness(record);
    this.#store.recordChange(record);
    this.startEphemeralContainers(record);
  }

  /** @returns Whether its image can be had. */
  #launch(record: PodRecord, spec: ContainerSpec): boolean {
    const problem = imageProblem((spec as { image?: string }).image ?? "");
    if (problem !== null) {
      this.#hold(record, spec.name, problem);
      return false;
    }
    const { name, namespace } = record.object.metadata;
    const container = this.#runtime.start(spec, { pod: name, namespace });
    const before = record.logs.get(spec.name);
    if (before !== undefined) record.previousLogs.set(spec.name, before);
    record.containers.set(spec.name, container);
    record.logs.set(spec.name, container.log);
    setRunning(record, spec);
    container.ended.then((end) => this.#containerEnded(record, spec, end));
    return true;
  }

  /** A container without an image waits for it without end. */
  #hold(record: PodRecord, container: string, problem: ImageProblem): void {
    const { image, state } = statusOf(record, container)!;
    state.waiting = { ...problem };
    if (problem.reason !== "ErrImagePull") return;
    this.#after(FIRST_RESTART, record, () => {
      statusOf(record, container)!.state.waiting = pullBackOff(image, problem);
      this.#store.recordChange(record);
    });
  }

  async #containerEnded(
    record: PodRecord,
    spec: ContainerSpec,
    end: ProcessOutcome,
  ): Promise<void> {
    if (record.removed) return;
    await this.#removeContainer(record, spec.name);
    if (record.removed) return;
    const succeeded = setTerminated(record, spec, end);
    if (isEphemeralContainer(record, spec.name)) {
      return this.#store.recordChange(record);
    }
    if (succeeded && isInitStep(record, spec)) {
      const { initContainers = [] } = record.object.spec;
      const index = initContainers.findIndex(({ name }) => name === spec.name);
      return this.#run(record, index + 1);
    }
    if (restarts(record, spec, succeeded)) this.#restart(record, spec);
    else await this.#setFinalPhase(record);
    // A change of a removed object would add it again.
    if (record.removed) return;
    setReadiness(record);
    this.#store.recordChange(record);
  }

  /** A container's other processes end with its main process. */
  async #removeContainer(record: PodRecord, name: string): Promise<void> {
    const container = record.containers.get(name);
    record.containers.delete(name);
    if (container !== undefined) await this.#stopContainer(container, 0);
  }

  #restart(record: PodRecord, spec: ContainerSpec): void {
    const { restartCount } = statusOf(record, spec.name)!;
    const delay = FIRST_RESTART * 2 ** restartCount;
    this.#after(Math.min(delay, LONGEST_RESTART), record, () => {
      if (record.ending) return;
      // As the kubelet counts: the run that has ended keeps its number.
      statusOf(record, spec.name)!.restartCount++;
      this.#launch(record, spec);
      setReadiness(record);
      this.#store.recordChange(record);
    });
  }

  /**
   * Sets the final phase once all containers have ended, or an init container
   * has failed for good. Sidecars are stopped before.
   */
  async #setFinalPhase(record: PodRecord): Promise<void> {
    if (record.ending) return;
    const { initContainers = [], containers } = record.object.spec;
    const steps = initContainers.filter((container) => !isSidecar(container));
    const stepFailed = exitCodes(record, steps).some((code) => code);
    const codes = exitCodes(record, containers);
    if (!stepFailed && codes.includes(undefined)) return;
    record.ending = true;
    const { ephemeralContainers = [] } = record.object.spec;
    for (const { name } of ephemeralContainers) {
      await this.#removeContainer(record, name);
    }
    await this.#stopSidecars(record, initContainers.filter(isSidecar));
    const failed = stepFailed || codes.some((code) => code !== 0);
    record.object.status.phase = failed ? "Failed" : "Succeeded";
  }

  /** Stops them in the reverse of their order, as the kubelet does. */
  async #stopSidecars(
    record: PodRecord,
    sidecars: readonly InitContainerSpec[],
  ): Promise<void> {
    if (sidecars.length > 0) this.#store.recordChange(record);
    for (const { name } of sidecars.toReversed()) {
      const container = record.containers.get(name);
      if (container === undefined) continue;
      await this.#stopContainer(container, STOP_GRACE);
    }
  }

  /** @returns Cancels it. */
  #after(delay: number, record: PodRecord, action: () => void): () => void {
    const stop = startTimer(delay, () => {
      this.#timers.delete(cancel);
      if (!record.removed) action();
    });
    const cancel = () => {
      this.#timers.delete(cancel);
      stop();
    };
    this.#timers.add(cancel);
    return cancel;
  }
}

/** Undefined for a container that has not ended. */
function exitCodes(
  record: PodRecord,
  containers: readonly ContainerSpec[],
): (number | undefined)[] {
  return containers.map(({ name }) =>
    statusOf(record, name)?.state.terminated?.exitCode
  );
}

function restarts(
  record: PodRecord,
  spec: ContainerSpec,
  succeeded: boolean,
): boolean {
  if (record.ending) return false;
  if (isInitContainer(record, spec.name) && isSidecar(spec)) return true;
  const policy = record.object.spec.restartPolicy;
  return policy === "Always" || policy === "OnFailure" && !succeeded;
}
