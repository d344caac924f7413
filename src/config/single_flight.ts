import { abortable } from "../abortable.ts";

/** One run of the task. */
interface Flight<Value> {
  readonly result: Promise<Value>;
  readonly abort: AbortController;
  waiters: number;
}

/**
 * A task that runs once for all concurrent callers. Each caller can leave with
 * its own signal; when the last one leaves, the task is aborted.
 */
export class SingleFlight<Value> {
  readonly #task: (signal: AbortSignal) => Promise<Value>;
  /** Runs whose task has not settled, aborted ones included. */
  readonly #unsettled: Set<Flight<Value>> = new Set();
  #current: Flight<Value> | null = null;

  /** @param task Rejects soon after its signal has aborted. */
  constructor(task: (signal: AbortSignal) => Promise<Value>) {
    this.#task = task;
  }

  /** The result of the current run, or of a new one. */
  async join(signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted();
    const flight = this.#current ??= this.#start();
    flight.waiters++;
    try {
      return await abortable(flight.result, signal);
    } finally {
      if (--flight.waiters === 0) this.#abandon(flight, signal.reason);
    }
  }

  /** Aborts the current run; resolves once no task is running. */
  async close(): Promise<void> {
    if (this.#current) {
      this.#abandon(
        this.#current,
        new DOMException("It is closed", "AbortError"),
      );
    }
    const results = [...this.#unsettled].map((flight) => flight.result);
    await Promise.allSettled(results);
  }

  #start(): Flight<Value> {
    const abort = new AbortController();
    const flight = { result: this.#task(abort.signal), abort, waiters: 0 };
    this.#unsettled.add(flight);
    const settled = () => {
      this.#unsettled.delete(flight);
      if (this.#current === flight) this.#current = null;
    };
    flight.result.then(settled, settled);
    return flight;
  }

  /** The next caller starts a new run. */
  #abandon(flight: Flight<Value>, reason: unknown): void {
    if (this.#current === flight) this.#current = null;
    if (this.#unsettled.has(flight)) flight.abort.abort(reason);
  }
}
