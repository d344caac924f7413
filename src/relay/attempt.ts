import { onAbort } from "../abortable.ts";
import { reportUncaught } from "../client/call_report.ts";
import { startTimer } from "../timers.ts";
import type { RelaySettings } from "./options.ts";
import type { RelayCall } from "./relay_call.ts";
import type { RelayEvent } from "./relay_event.ts";
import type { Refusal } from "./upgrade_check.ts";

type Details<T> = T extends RelayEvent ? Omit<T, "id" | "user" | "target">
  : never;

const TIMED_OUT: Refusal = {
  httpStatus: 504,
  reason: "TimedOut",
  text: "the session did not open in time",
};

const NOOP = (): void => {};

/**
 * A page's request until it is a session or refused: what may end it, what it
 * holds, and what the listener is told of it.
 */
export class Attempt {
  /** What the page asks for, or may do; null before that is known. */
  call: RelayCall | null = null;
  /** The user; null before that is known. */
  user: string | null = null;
  readonly #id: number;
  readonly #settings: RelaySettings;
  readonly #aborted = new AbortController();
  /** Why it was aborted. */
  #refusal: Refusal | null = null;
  readonly #stops: (() => void)[] = [];
  readonly #ends: (() => void)[] = [];
  #refused = false;

  constructor(settings: RelaySettings, id: number) {
    this.#settings = settings;
    this.#id = id;
  }

  /** Aborts when the page leaves, or when there is another reason to give up. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  /** Starts the clock. */
  start(): void {
    this.#stops.push(
      startTimer(
        this.#settings.handshakeTimeout,
        () => this.#abort(TIMED_OUT),
      ),
    );
  }

  /** Gives up when `signal` aborts. Returns a function that stops that. */
  watch(signal: AbortSignal | null, refusal: Refusal): () => void {
    const stop = onAbort(signal, () => this.#abort(refusal));
    this.#stops.push(stop);
    return stop;
  }

  /** Calls `run` when the attempt, or the session it becomes, has ended. */
  onEnd(run: () => void): void {
    this.#ends.push(run);
  }

  /**
   * Takes a step; a Response if it fails, or if the attempt is aborted
   * meanwhile.
   *
   * @param refuses How it fails.
   * @param drop What to do with a result that comes too late.
   */
  async step<T>(
    run: () => Promise<T>,
    refuses: (error: unknown) => Refusal,
    drop: (result: T) => void = NOOP,
  ): Promise<T | Response> {
    const aborted = Promise.withResolvers<null>();
    const stop = onAbort(this.signal, () => aborted.resolve(null));
    try {
      if (this.#refusal !== null) return this.refuse(this.#refusal);
      const running = run();
      const wrapped = running.then((result) => ({ result }));
      const first = await Promise.race([wrapped, aborted.promise]);
      if (first !== null && this.#refusal === null) return first.result;
      running.then(drop, NOOP);
      return this.refuse(this.#refusal!);
    } catch (error) {
      if (this.#refusal !== null) return this.refuse(this.#refusal);
      return this.refuse(refuses(error), error);
    } finally {
      stop();
    }
  }

  /** The page and the pod are connected: nothing here ends it any more. */
  opened(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Gives back what it holds. */
  end(): void {
    this.opened();
    for (const run of this.#ends.splice(0)) run();
  }

  /** Ends it with an answer; if it was aborted, the first reason counts. */
  refuse(given: Refusal, error: unknown = null): Response {
    const refusal = this.#refusal ?? given;
    const { httpStatus, reason, text, headers } = refusal;
    this.end();
    if (!this.#refused) {
      this.tell({ type: "refused", httpStatus, reason, error });
    }
    this.#refused = true;
    return new Response(`${text}\n`, {
      status: httpStatus,
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        ...headers,
      },
    });
  }

  /** Tells the listener. */
  tell(details: Details<RelayEvent>): void {
    const { call } = this;
    const target = call && {
      subresource: call.subresource,
      namespace: call.namespace,
      pod: call.pod,
      container: call.container,
    };
    try {
      this.#settings.onEvent(
        { id: this.#id, user: this.user, target, ...details } as RelayEvent,
      );
    } catch (error) {
      reportUncaught(error);
    }
  }

  #abort(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.#aborted.abort(new Error(refusal.text));
  }
}
