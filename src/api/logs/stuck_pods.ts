import type { LogNotAvailableError } from "../../errors.ts";
import type { LoggedContainer } from "./logged_containers.ts";

/** A container that cannot start for now. */
export interface StuckContainer {
  readonly source: LoggedContainer;
  readonly error: LogNotAvailableError;
}

/**
 * The pods whose containers cannot start, for example because their image cannot
 * be pulled. That may pass, and must not end the logs of other pods; but before
 * the first log, if no pod is left that can start, there is nothing to wait for.
 */
export class StuckPods {
  /** Null for a pod that can start; no more than that of the latest state. */
  readonly #pods: Map<string, StuckContainer | null> = new Map();
  #hasLog = false;

  /** A log is begun: from now on, failures of other pods would end it. */
  begin(): void {
    this.#hasLog = true;
    this.#pods.clear();
  }

  /** The pod's state: a container that cannot start, or null. */
  note(uid: string, stuck: StuckContainer | null): void {
    if (!this.#hasLog) this.#pods.set(uid, stuck);
  }

  /** These are all pods of the target; the others have left it. */
  keep(uids: ReadonlySet<string>): void {
    for (const uid of this.#pods.keys()) {
      if (!uids.has(uid)) this.#pods.delete(uid);
    }
  }

  /** The pod was deleted. */
  left(uid: string): void {
    this.#pods.delete(uid);
  }

  /** A container of the first pod, if none of the pods can start; else null. */
  get hopeless(): StuckContainer | null {
    const [first = null, ...others] = this.#pods.values();
    return others.includes(null) ? null : first;
  }
}
