/** How long to wait between attempts, in milliseconds. */
export interface Pace {
  /** The first wait; each is twice the one before. */
  readonly first: number;
  /** The longest. */
  readonly longest: number;
}

/** As client-go's, but for a quicker first attempt. */
export const PACE: Pace = { first: 100, longest: 30_000 };

/** The waits between attempts, longer and longer until one has succeeded. */
export class Backoff {
  readonly #pace: Pace;
  #next: number;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#next = pace.first;
  }

  /** The next wait is a short one again. */
  reset(): void {
    this.#next = this.#pace.first;
  }

  /**
   * The next wait, at least `least` milliseconds. Half of it is left to chance,
   * so that many clients do not come back all at once.
   */
  next(least: number = 0): number {
    const delay = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#pace.longest);
    return Math.max(delay, least);
  }
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export function sleep(
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
