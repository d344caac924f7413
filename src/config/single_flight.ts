import { abortable } from "../abortable.ts";

/** One run of a task. */
interface Flight<Value> {
  readonly result: Promise<Value>;
  readonly abort: AbortController;
  waiting: number;
}

/**
 * A task that runs once for all who ask while it runs. Each may leave by a
 * signal of its own; when the last has left, the task is aborted.
 */
export class SingleFlight<Value> {
  readonly #task: (signal: AbortSignal) => Promise<Value>;
  /** Those whose task has not settled, aborted ones too. */
  readonly #unsettled: Set<Flight<Value>> = new Set();
  #current: Flight<Value> | null = null;

  /** @param task Rejects soon after its signal has aborted. */
  constructor(task: (signal: AbortSignal) => Promise<Value>) {
    this.#task = task;
  }

  /** The result of the run at hand, or of a new one. */
  async join(signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted();
    const run = this.#current ??= this.#start();
    run.waiting++;
    try {
      return await abortable(run.result, signal);
    } finally {
      if (--run.waiting === 0) this.#leave(run, signal.reason);
    }
  }

  /** Aborts the run at hand; resolves once no task runs any more. */
  async close(): Promise<void> {
    if (this.#current) {
      this.#leave(
        this.#current,
        new DOMException("It is closed", "AbortError"),
      );
    }
    const results = [...this.#unsettled].map((run) => run.result);
    await Promise.allSettled(results);
  }

  #start(): Flight<Value> {
    const abort = new AbortController();
    const run = { result: this.#task(abort.signal), abort, waiting: 0 };
    this.#unsettled.add(run);
    const settled = () => {
      this.#unsettled.delete(run);
      if (this.#current === run) this.#current = null;
    };
    run.result.then(settled, settled);
    return run;
  }

  /** Nobody waits for it: who comes next gets a new one. */
  #leave(run: Flight<Value>, reason: unknown): void {
    if (this.#current === run) this.#current = null;
    if (this.#unsettled.has(run)) run.abort.abort(reason);
  }
}
