import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  ProcessOutcome,
} from "../containers/container.ts";
import type { ObjectStore } from "./objects/object_store.ts";
import { timestamp } from "./objects/stored_object.ts";
import { type ContainerStatus, isPod, type PodRecord } from "./pod_record.ts";

export interface PodRunnerOptions {
  /** Milliseconds from a pod's creation until it runs. */
  readonly startupDelay: number;
}

/** The annotation of a pod that is never scheduled. */
export const UNSCHEDULABLE_ANNOTATION = "podwire.dev/unschedulable";

/** The node of every pod. */
export const NODE = "podwire-node";

const STOP_GRACE = 200;
const FIRST_RESTART = 100;
const LONGEST_RESTART = 10_000;

/**
 * Runs pods through their phases: Pending without a node, Pending on the node,
 * Running and, unless the policy restarts its containers, Succeeded or Failed.
 */
export class PodRunner {
  readonly #store: ObjectStore;
  readonly #machine: ContainerRuntime;
  readonly #startupDelay: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** The stops under way; `close` waits for them. */
  readonly #stopping = new Set<Promise<void>>();

  constructor(
    store: ObjectStore,
    machine: ContainerRuntime,
    options: PodRunnerOptions,
  ) {
    this.#store = store;
    this.#machine = machine;
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

  /** Ends a pod's processes, then removes it unless it has finalizers. */
  async stop(record: PodRecord, grace: number = STOP_GRACE): Promise<void> {
    record.removed = true;
    const containers = [...record.containers.values()];
    await Promise.all(
      containers.map((container) => this.#stopContainer(container, grace)),
    );
    record.containers.clear();
    const held = record.object.metadata.finalizers?.length ?? 0;
    if (held === 0) this.#store.remove(record);
  }

  /** Ends every pod now, and waits for the stops under way. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
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
    pod.spec.nodeName = NODE;
    pod.status = {
      phase: "Pending",
      startTime: timestamp(),
      hostIP: "127.0.0.1",
      conditions: [{ type: "PodScheduled", status: "True" }],
      containerStatuses: pod.spec.containers.map((spec) => ({
        name: spec.name,
        ready: false,
        started: false,
        restartCount: 0,
        image: (spec as { image?: string }).image ?? "",
        imageID: "",
        state: { waiting: { reason: "ContainerCreating" } },
      })),
    };
    this.#store.recordChange(record);
  }

  #run(record: PodRecord): void {
    const { status, spec } = record.object;
    for (const container of spec.containers) this.#launch(record, container);
    status.phase = "Running";
    status.podIP = "127.0.0.1";
    status.conditions = [
      "PodScheduled",
      "Initialized",
      "ContainersReady",
      "Ready",
    ]
      .map((type) => ({ type, status: "True" }));
    this.#store.recordChange(record);
  }

  #launch(record: PodRecord, spec: ContainerSpec): void {
    const { name, namespace } = record.object.metadata;
    const container = this.#machine.start(spec, { pod: name, namespace });
    const before = record.logs.get(spec.name);
    if (before !== undefined) record.previousLogs.set(spec.name, before);
    record.containers.set(spec.name, container);
    record.logs.set(spec.name, container.log);
    const status = statusOf(record, spec.name);
    status.ready = true;
    status.started = true;
    status.state = { running: { startedAt: timestamp() } };
    container.ended.then((end) => this.#containerEnded(record, spec, end));
  }

  async #containerEnded(
    record: PodRecord,
    spec: ContainerSpec,
    end: ProcessOutcome,
  ): Promise<void> {
    if (record.removed) return;
    await this.#removeContainer(record, spec.name);
    if (record.removed) return;
    const status = statusOf(record, spec.name);
    const exitCode = "exitCode" in end ? end.exitCode : 128;
    status.ready = false;
    status.started = false;
    status.state = {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? "Completed" : "Error",
        finishedAt: timestamp(),
      },
    };
    const policy = record.object.spec.restartPolicy;
    if (policy === "Always" || policy === "OnFailure" && exitCode !== 0) {
      this.#restart(record, spec, status);
    } else this.#setFinalPhase(record);
    this.#store.recordChange(record);
  }

  /** A container's other processes end with its main process. */
  async #removeContainer(record: PodRecord, name: string): Promise<void> {
    const container = record.containers.get(name);
    record.containers.delete(name);
    if (container !== undefined) await this.#stopContainer(container, 0);
  }

  #restart(
    record: PodRecord,
    spec: ContainerSpec,
    status: ContainerStatus,
  ): void {
    const delay = FIRST_RESTART * 2 ** status.restartCount;
    status.restartCount++;
    this.#after(Math.min(delay, LONGEST_RESTART), record, () => {
      this.#launch(record, spec);
      this.#store.recordChange(record);
    });
  }

  /** Sets the final phase once all containers have ended. */
  #setFinalPhase({ object: pod, containers }: PodRecord): void {
    const ends = pod.status.containerStatuses!.map(({ state }) =>
      state.terminated
    );
    if (containers.size > 0 || ends.includes(undefined)) return;
    const failed = ends.some((end) => end!.exitCode !== 0);
    pod.status.phase = failed ? "Failed" : "Succeeded";
    for (const condition of pod.status.conditions!) {
      if (condition.type.endsWith("Ready")) condition.status = "False";
    }
  }

  #after(delay: number, record: PodRecord, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!record.removed) action();
    }, delay);
    this.#timers.add(timer);
  }
}

function statusOf(
  { object: pod }: PodRecord,
  container: string,
): ContainerStatus {
  return pod.status.containerStatuses!.find(({ name }) => name === container)!;
}
