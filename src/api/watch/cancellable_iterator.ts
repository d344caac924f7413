import { CallSite } from "../../call_site.ts";
import type { ClusterClient } from "../../client/cluster_client.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { PodwireError } from "../../errors.ts";

/**
 * An iterator that can be left while its next value is pending. A generator
 * alone would wait for that value first.
 */
export class CancellableIterator<T> implements AsyncIterableIterator<T> {
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
