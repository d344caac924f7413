import { startTimer } from "../../timers.ts";
import { ApiFailure } from "../api_server/api_failure.ts";
import type { Change } from "../api_server/objects/object_store.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import { isBudgetOf } from "../api_server/objects/disruption_budget.ts";
import { adopt, isOrphan } from "./adoption.ts";
import {
  type ClusterParts,
  ControlledCluster,
  type Controller,
} from "./controller.ts";
import { daemonSetController } from "./daemon_set_controller.ts";
import { deploymentController } from "./deployment_controller.ts";
import { disruptionBudgetController } from "./disruption_budget_controller.ts";
import { GarbageCollector } from "./garbage_collector.ts";
import { jobController } from "./job_controller.ts";
import { controllerOf, Dependents } from "./owners.ts";
import { replicaSetController } from "./replica_set_controller.ts";
import { selectsPod, serviceController } from "./service_controller.ts";
import { statefulSetController } from "./stateful_set_controller.ts";

/** Milliseconds until a reconcile that failed is tried again. */
const RETRY = 500;

interface Timer {
  /** In milliseconds since the epoch. */
  readonly due: number;
  readonly cancel: () => void;
}

const CONTROLLERS: readonly Controller[] = [
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  serviceController,
  disruptionBudgetController,
];

/**
 * Runs the controllers. Each change of the store marks the objects that it
 * concerns; a later turn of the event loop reconciles them, so that the changes
 * of one turn take one reconcile. Without a change nothing runs.
 */
export class Controllers {
  readonly #controllers: ReadonlyMap<string, Controller>;
  readonly #dependents = new Dependents();
  readonly #cluster: ControlledCluster;
  readonly #collector: GarbageCollector;
  /** The objects that have a controller, by uid. */
  readonly #controlled = new Map<string, ObjectRecord>();
  /** The controlled objects to reconcile. */
  #marked = new Set<ObjectRecord>();
  #orphans = new Set<ObjectRecord>();
  /** Cancels the next run, if one is due. */
  #cancelRun: (() => void) | null = null;
  /** The timer of each object that is reconciled again later. */
  readonly #timers = new Map<ObjectRecord, Timer>();
  #closed = false;

  constructor(parts: Pick<ClusterParts, "store" | "writes" | "resources">) {
    this.#controllers = new Map(CONTROLLERS.map((it) => [it.kind, it]));
    this.#cluster = new ControlledCluster({
      ...parts,
      dependents: this.#dependents,
      reconcileAfter: (milliseconds, record) =>
        this.#markAfter(milliseconds, record),
    });
    this.#collector = new GarbageCollector(this.#cluster, this.#dependents);
    parts.store.observe((record, change) => this.#observe(record, change));
  }

  /** Stops everything; idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancelRun?.();
    this.#cancelRun = null;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #observe(record: ObjectRecord, change: Change): void {
    if (this.#closed) return;
    this.#dependents.observe(record, change);
    if (this.#collector.observe(record, change)) this.#wake();
    const { uid } = record.object.metadata;
    if (this.#controllerOf(record) !== undefined) {
      if (change.deleted) this.#forget(record);
      else {
        this.#controlled.set(uid, record);
        this.#mark(record);
        if (change.before === null) this.#findOrphans(record);
      }
    }
    this.#markConcerned(record, change);
  }

  /** Marks the objects that have to act on a change of another object. */
  #markConcerned(record: ObjectRecord, { before, object, deleted }: Change) {
    if (this.#controlled.size === 0) return;
    for (const state of before === null ? [object] : [before, object]) {
      const owner = controllerOf(state);
      const controlled = owner && this.#controlled.get(owner.uid);
      if (controlled !== undefined) this.#mark(controlled);
    }
    const { kind, builtIn } = record.resource;
    if (!builtIn) return;
    if (!deleted && isOrphan(record)) {
      this.#orphans.add(record);
      this.#wake();
    }
    if (kind !== "Pod" && kind !== "Node") return;
    for (const other of this.#controlled.values()) {
      const concerned = kind === "Pod"
        ? [object, before].some((state) =>
          state !== null &&
          (selectsPod(other, state) || isBudgetOf(other, state))
        )
        : other.resource.kind === "DaemonSet";
      if (concerned) this.#mark(other);
    }
  }

  /** A new workload may select objects that exist already. */
  #findOrphans({ object }: ObjectRecord): void {
    for (const kind of ["Pod", "ReplicaSet"]) {
      const { namespace = null } = object.metadata;
      for (const other of this.#cluster.list(kind, namespace)) {
        if (isOrphan(other)) this.#orphans.add(other);
      }
    }
  }

  #controllerOf({ resource }: ObjectRecord): Controller | undefined {
    return resource.builtIn ? this.#controllers.get(resource.kind) : undefined;
  }

  #forget(record: ObjectRecord): void {
    this.#controlled.delete(record.object.metadata.uid);
    this.#marked.delete(record);
    this.#cancelTimer(record);
  }

  #mark(record: ObjectRecord): void {
    this.#marked.add(record);
    this.#wake();
  }

  /** The earliest time counts, of those that one reconcile asks for. */
  #markAfter(milliseconds: number, record: ObjectRecord): void {
    if (this.#closed) return;
    const due = Date.now() + Math.max(1, milliseconds);
    const timer = this.#timers.get(record);
    if (timer !== undefined && timer.due <= due) return;
    timer?.cancel();
    const cancel = startTimer(due - Date.now(), () => {
      this.#timers.delete(record);
      this.#mark(record);
    });
    this.#timers.set(record, { due, cancel });
  }

  #cancelTimer(record: ObjectRecord): void {
    this.#timers.get(record)?.cancel();
    this.#timers.delete(record);
  }

  #wake(): void {
    if (this.#closed) return;
    this.#cancelRun ??= startTimer(0, () => this.#run());
  }

  #run(): void {
    this.#cancelRun = null;
    this.#collector.run();
    const orphans = this.#orphans;
    this.#orphans = new Set();
    for (const orphan of orphans) {
      adopt(orphan, this.#controlled.values(), this.#cluster);
    }
    const marked = this.#marked;
    this.#marked = new Set();
    for (const record of marked) this.#reconcile(record);
  }

  #reconcile(record: ObjectRecord): void {
    const { uid, deletionTimestamp } = record.object.metadata;
    // Earlier reconciles of this run may have deleted it.
    if (this.#controlled.get(uid) !== record) return;
    this.#cancelTimer(record);
    if (deletionTimestamp !== undefined) return;
    try {
      this.#controllerOf(record)?.reconcile(record, this.#cluster);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      this.#markAfter(RETRY, record);
    }
  }
}
