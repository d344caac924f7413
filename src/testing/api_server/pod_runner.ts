import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  ProcessOutcome,
} from "../containers/container.ts";
import type { ObjectStore } from "./objects/object_store.ts";
import { timestamp } from "./objects/stored_object.ts";
import { type ContainerStatus, isPod, type PodRecord } from "./pod_record.ts";

/** How fast pods come to life. */
export interface PodRunnerOptions {
  /** Milliseconds from the creation of a pod until it runs. */
  readonly startupDelay: number;
}

/** The pod annotation that keeps a pod from ever being scheduled. */
export const UNSCHEDULABLE_ANNOTATION = "podwire.dev/unschedulable";

/** The node that every pod is on. */
export const NODE = "podwire-node";

const STOP_GRACE = 200;
const FIRST_RESTART = 100;
const LONGEST_RESTART = 10_000;

/**
 * Brings pods to life and to their end: Pending without a node, Pending on a
 * node, Running, and, unless its policy restarts it, Succeeded or Failed.
 */
export class PodRunner {
  readonly #store: ObjectStore;
  readonly #machine: ContainerRuntime;
  readonly #startupDelay: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Containers that are being stopped; `close` waits for them. */
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

  /** Starts a pod that was just created. */
  start(record: PodRecord): void {
    if (record.object.metadata.annotations?.[UNSCHEDULABLE_ANNOTATION]) return;
    const third = this.#startupDelay / 3;
    // Not side by side: late timers need not come in their order.
    this.#after(third, record, () => {
      this.#schedule(record);
      this.#after(2 * third, record, () => this.#run(record));
    });
  }

  /** Starts a pod without the wait. */
  runNow(record: PodRecord): void {
    this.#schedule(record);
    this.#run(record);
  }

  /** Ends a pod's processes, then takes it out of the store, if nothing holds it. */
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

  /** Ends every pod at once, and waits for those that were ending already. */
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
    await this.#retire(record, spec.name);
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
    } else this.#settle(record);
    this.#store.recordChange(record);
  }

  /** What still runs in a container dies with its main process. */
  async #retire(record: PodRecord, name: string): Promise<void> {
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

  /** The pod is over once all of its containers are. */
  #settle({ object: pod, containers }: PodRecord): void {
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
