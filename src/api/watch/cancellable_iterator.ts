import { CallSite } from "../../call_site.ts";
import type { ClusterClient } from "../../client/cluster_client.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { PodwireError } from "../../errors.ts";

/**
 * An iterator that can be left while its next value is pending. A generator
 * alone would wait for that value first.
 */
class CancellableIterator<T> implements AsyncIterableIterator<T> {
  readonly #stop = new AbortController();
  readonly #source: AsyncGenerator<T, void>;
  readonly #site = new CallSite(CancellableIterator as never);

  /** @param source Creates the values; it must end when the signal aborts. */
  constructor(source: (stop: AbortSignal) => AsyncGenerator<T, void>) {
    this.#source = source(this.#stop.signal);
  }

  async next(): Promise<IteratorResult<T, void>> {
    try {
      return await this.#source.next();
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        this.#site.addTo(error);
        throw error;
      }
      return { done: true, value: undefined };
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#stop.abort();
    await this.#source.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * Starts the clock and joins the signals of an operation of several requests.
 * Closing the client ends it at once, also between two requests.
 *
 * @param action For messages: "Cannot {action}: ...".
 */
export function startOperation(
  client: ClusterClient,
  action: string,
  timeout: number | null,
  ...signals: readonly (AbortSignal | null | undefined)[]
): Deadline {
  const closing = new AbortController();
  const leave = client.adopt({
    close() {
      const message = `Cannot ${action}: the client is closed`;
      closing.abort(new PodwireError(message));
      return Promise.resolve();
    },
  });
  const deadline = startDeadline(action, timeout, ...signals, closing.signal);
  return {
    ...deadline,
    release() {
      deadline.release();
      leave();
    },
  };
}

/** An operation whose values are requested one by one. */
export interface IteratedOperation<T> {
  readonly client: ClusterClient;
  /** For messages: "Cannot {action}: ...". */
  readonly action: string;
  /** The caller's signal. */
  readonly signal: AbortSignal | null | undefined;
  /**
   * Creates the values, once the first is requested.
   *
   * @param signal Aborts with the caller's signal, when the iterator is left,
   * when the client is closed, and by `end`.
   * @param end Aborts the signal.
   */
  values(signal: AbortSignal, end: () => void): AsyncGenerator<T, void>;
}

/** The values of an operation; they end with it, also while one is pending. */
export function iterateOperation<T>(
  { client, action, signal, values }: IteratedOperation<T>,
): AsyncIterableIterator<T> {
  return new CancellableIterator(
    async function* (stop): AsyncGenerator<T, void> {
      const ended = new AbortController();
      const signals = [signal, stop, ended.signal];
      const lifetime = startOperation(client, action, null, ...signals);
      try {
        const own = values(lifetime.signal, () => ended.abort());
        for await (const value of own) {
          yield value;
          lifetime.signal.throwIfAborted();
        }
      } finally {
        lifetime.release();
      }
    },
  );
}
