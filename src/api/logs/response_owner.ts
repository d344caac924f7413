import type { ContainerRun, RunState } from "./container_run.ts";
import type { TimedLine } from "./log_entry.ts";

type Verdict = "ours" | "another run's" | "another pod's" | "unclear";

/**
 * Whose log a response is. A request names the pod, and by then another one may
 * have that name, or the container another run. The pod is asked after the
 * response has begun: if it is still there then, so it was before.
 */
export class ResponseOwner {
  readonly #run: ContainerRun;
  readonly #isPrevious: boolean;
  readonly #state: () => Promise<RunState>;
  #verdict: Verdict | null = null;

  /**
   * @param isPrevious Whether the log of the previous run was requested.
   * @param state Gets the pod, and looks at the run.
   */
  constructor(
    run: ContainerRun,
    isPrevious: boolean,
    state: () => Promise<RunState>,
  ) {
    this.#run = run;
    this.#isPrevious = isPrevious;
    this.#state = state;
  }

  get isOurs(): boolean {
    return this.#verdict === "ours";
  }

  get isAnotherPods(): boolean {
    return this.#verdict === "another pod's";
  }

  /** Whether it takes a line to decide. */
  get isUnclear(): boolean {
    return this.#verdict === "unclear";
  }

  /** Takes it for ours without a look. */
  trust(): void {
    this.#verdict = "ours";
  }

  /**
   * Looks as soon as the response has begun. A pod that has gone just now was
   * there: another one of its name would have to have come and gone meanwhile.
   *
   * @returns Whether it is or may be ours.
   */
  async look(): Promise<boolean> {
    await this.#look();
    if (this.isUnclear && !this.#run.hasSuccessor) this.trust();
    return this.isOurs || this.isUnclear;
  }

  async #look(): Promise<void> {
    this.#verdict = this.#verdictOn(await this.#state());
  }

  /** Whether a line of the response, null for one without a time, is ours. */
  async owns(line: TimedLine | null): Promise<boolean> {
    if (this.#verdict === null) await this.#look();
    if (this.isUnclear) {
      const start = this.#run.successorStart ?? Infinity;
      const isEarlier = line !== null && line.epoch < start;
      this.#verdict = isEarlier ? "ours" : "another pod's";
    }
    return this.isOurs;
  }

  #verdictOn(state: RunState): Verdict {
    switch (state) {
      case "gone":
        return this.#run.successorStart === null ? "ours" : "unclear";
      case "replaced":
        return this.#isPrevious ? "ours" : "another run's";
      case "lost":
        return "another run's";
      default:
        return "ours";
    }
  }
}
