import { PodwireError } from "../errors.ts";
import { type Deadline, startDeadline } from "./deadline.ts";

/** What a client closes when it is closed itself. */
export interface Closeable {
  /** Resolves once every resource is released. */
  close(): Promise<void>;
}

/** What ends a request or an upgrade early. */
export interface CallClock {
  /**
   * The clock of the call that it is part of, instead of `signal` and a timeout.
   * The caller who started it releases it.
   */
  readonly deadline?: Deadline;
  /** The caller's. */
  readonly signal?: AbortSignal | null;
}

/** The calls and sessions of a client, which end with it. */
export class ClientLifetime {
  readonly #sessions: Set<Closeable> = new Set();
  readonly #ending: AbortController = new AbortController();

  /** @throws {PodwireError} The client is closed. */
  check(action: string): void {
    if (this.#ending.signal.aborted) throw closedError(action);
  }

  /** Closes a session at the end, unless the returned function is called. */
  adopt(session: Closeable, action: string): () => void {
    this.check(action);
    this.#sessions.add(session);
    return () => this.#sessions.delete(session);
  }

  /**
   * Returns a clock that the end of the client ends too: the call's own clock, if
   * it has one, which follows the client until it is released here.
   */
  join(action: string, timeout: number | null, call: CallClock): Deadline {
    this.check(action);
    const { deadline, signal } = call;
    const closing = this.#ending.signal;
    if (!deadline) return startDeadline(action, timeout, signal, closing);
    const release = deadline.follow(closing);
    return { ...deadline, stopClock() {}, release };
  }

  /** Closes the sessions, then ends the calls; resolves with the sessions. */
  async end(): Promise<void> {
    // Their own errors tell more than that of a call that is cut off.
    const sessions = [...this.#sessions].map((session) => session.close());
    this.#sessions.clear();
    this.#ending.abort(closedError("finish the call"));
    await Promise.allSettled(sessions);
  }
}

function closedError(action: string): PodwireError {
  return new PodwireError(`Cannot ${action}: the client is closed`);
}
