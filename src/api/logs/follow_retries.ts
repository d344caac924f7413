import { Backoff, type DelayRange } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import { retryAfter, RetryPolicy } from "../watch/retry.ts";
import type { ContainerRun } from "./container_run.ts";
import { isWaiting } from "./logged_containers.ts";

/** What the retries of a followed log depend on. */
export interface FollowRetryOptions {
  readonly run: Pick<ContainerRun, "isIdentified">;
  readonly delays: DelayRange;
  /** How often a first request that is refused for now is repeated. */
  readonly retryLimit: number;
  readonly signal: AbortSignal;
  /** Called with each failure that is survived. */
  readonly onRetry?: ((error: Error) => void) | undefined;
}

/** Which failures a followed log survives, and when it is requested again. */
export class FollowRetries {
  readonly #options: FollowRetryOptions;
  readonly #backoff: Backoff;
  readonly #policy: RetryPolicy;
  #reached = false;
  /** A response that ended cleanly while the container runs, not yet reported. */
  #cut: Error | null = null;
  /** What `onRetry` has thrown. */
  #refusal: { readonly reason: unknown } | null = null;

  constructor(options: FollowRetryOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.delays);
    this.#policy = new RetryPolicy(options.retryLimit);
  }

  /** A response has begun. */
  reached(): void {
    this.#reached = true;
    this.#policy.reached();
  }

  /** A new line has come, which proves that a response before it was cut. */
  progressed(): void {
    this.#backoff.reset();
    if (this.#cut !== null) this.#report(this.#cut);
  }

  /**
   * A response has ended cleanly while the container runs.
   *
   * @param isCut Whether it ended within a line; otherwise it is reported once
   * the log goes on.
   */
  ended(error: Error, isCut: boolean): void {
    this.#cut ??= error;
    if (isCut) this.#report(this.#cut);
  }

  /**
   * Reports a failure that is survived, and throws any other.
   *
   * @returns The delay that the server asks for, in milliseconds.
   */
  survive(error: unknown): number {
    this.#options.signal.throwIfAborted();
    if (this.#refusal !== null) throw this.#refusal.reason;
    // The container restarts.
    const hasRun = this.#reached || this.#options.run.isIdentified;
    if (hasRun && isWaiting(error)) return 0;
    if (!this.#policy.survives(error)) throw error;
    this.#report(error);
    return retryAfter(error);
  }

  /** Waits for the next attempt, at least so many milliseconds. */
  async pause(least = 0): Promise<void> {
    await sleep(this.#backoff.next(least), this.#options.signal);
  }

  /** Repeats an attempt until it has an answer. */
  async ask<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    while (true) {
      try {
        return await attempt();
      } catch (error) {
        await this.pause(this.survive(error));
      }
    }
  }

  #report(error: Error): void {
    this.#cut = null;
    try {
      this.#options.onRetry?.(error);
    } catch (reason) {
      this.#refusal = { reason };
      throw reason;
    }
  }
}
