/** The range of delays between attempts, in milliseconds. */
export interface DelayRange {
  /** The first delay; each is twice the one before. */
  readonly first: number;
  /** The longest delay. */
  readonly longest: number;
}

/** As in client-go, but with a quicker first attempt. */
export const RETRY_DELAYS: DelayRange = { first: 100, longest: 30_000 };

/**
 * The longest delay that a server may ask for, in milliseconds; a longer one is
 * left to the caller.
 */
export const LONGEST_RETRY_AFTER = 60_000;

/** The most that is added to a delay that a server asks for, in milliseconds. */
const MAX_SPREAD = 10_000;

/** The delays between attempts: they grow until one succeeds. */
export class Backoff {
  readonly #range: DelayRange;
  #next: number;

  constructor(range: DelayRange) {
    this.#range = range;
    this.#next = range.first;
  }

  /** Starts again with the first delay. */
  reset(): void {
    this.#next = this.#range.first;
  }

  /**
   * The next delay, at least `least` milliseconds. A part of it is random, so
   * that many clients do not come back at the same time.
   */
  next(least: number = 0): number {
    const delay = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#range.longest);
    const spread = Math.random() * Math.min(least / 2, MAX_SPREAD);
    return Math.max(delay, least + spread);
  }
}
