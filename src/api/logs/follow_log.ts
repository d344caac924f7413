import type { Bytes } from "../../bytes.ts";
import { Backoff, type DelayRange, sleep } from "../../client/backoff.ts";
import { ApiError, ConnectionLostError } from "../../errors.ts";
import type { LogOptions } from "../../request/log_options.ts";
import { type LineFormat, readLines } from "../../streams/read_lines.ts";
import { retryAfter, RetryPolicy } from "../watch/retry.ts";
import type { ContainerRun, RunState } from "./container_run.ts";
import { isWaiting } from "./logged_containers.ts";
import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import {
  type LogEntry,
  readTimedLine,
  ResumePoint,
  untimed,
} from "./resume_point.ts";

/** A log to follow. */
export interface FollowedLog {
  /** For messages: "Cannot {action}: ...". */
  readonly action: string;
  readonly options: LogOptions & {
    readonly restarts?: boolean;
    readonly onRetry?: (error: Error) => void;
  };
  readonly run: ContainerRun;
  readonly delays: DelayRange;
  /** How often a first request that is refused for now is repeated. */
  readonly retryLimit: number;
  readonly signal: AbortSignal;
  /** Defaults to text without line ends. */
  readonly format?: LineFormat | undefined;
  /** Requests the log. */
  open(options: LogOptions): Promise<ReadableStream<Bytes>>;
}

/**
 * What to request next:
 * - `follow`: the log from the resume point, and what is written from then on;
 * - `rest`: the remaining log of a run that has ended, to be sure of its end;
 * - `previous`: the same for a run that the container has replaced.
 */
type Phase = "follow" | "rest" | "previous";

/** After so many responses in a row without a new line, an end is believed. */
const MAX_STALE = 3;

/** How one response ended. */
interface ResponseEnd {
  /** The unterminated last line; null if the response failed. */
  readonly rest: string | null;
  /** Whether there is no log any more, for example of a removed container. */
  readonly missing?: boolean;
  /** Whether it had lines that are new. */
  readonly fresh: boolean;
  /** How long to wait before the next request, at least, in milliseconds. */
  readonly pause: number;
}

/**
 * The lines of a followed log, until the container's run has ended. A response
 * that ends proves nothing (an API server that loses the kubelet ends it
 * cleanly, perhaps in the middle of a line), so the pod is asked, and the log
 * resumed until the run has terminated and the rest was read.
 */
export class LogFollower {
  readonly #log: FollowedLog;
  readonly #backoff: Backoff;
  readonly #policy: RetryPolicy;
  #options: LogOptions;
  #point = new ResumePoint();
  #requested = performance.now();
  #reached = false;
  /** A response that ended cleanly while the container runs, not yet reported. */
  #cut: Error | null = null;
  /** What `onRetry` has thrown. */
  #refusal: { readonly reason: unknown } | null = null;

  constructor(log: FollowedLog) {
    this.#log = log;
    this.#options = { ...log.options, timestamps: true };
    this.#backoff = new Backoff(log.delays);
    this.#policy = new RetryPolicy(log.retryLimit);
  }

  /** Reads the lines, as they are requested. */
  async *entries(): AsyncGenerator<LogEntry, void> {
    const { run, delays, signal, options } = this.#log;
    while (true) {
      yield* this.#run();
      if (!options.restarts) return;
      while (true) {
        try {
          if (!await run.next(delays, signal)) return;
          break;
        } catch (error) {
          await sleep(this.#backoff.next(this.#survive(error)), signal);
        }
      }
      this.#point = new ResumePoint();
      // The next run is read from its start.
      this.#options = {
        ...this.#options,
        previous: undefined,
        tailLines: undefined,
        sinceSeconds: undefined,
        sinceTime: undefined,
      };
    }
  }

  /** The lines of one run of the container. */
  async *#run(): AsyncGenerator<LogEntry, void> {
    const { signal } = this.#log;
    const { previous } = this.#options;
    let phase: Phase = "follow";
    let first = true;
    let before = "";
    let stale = 0;
    while (true) {
      const end: ResponseEnd = yield* this.#response(phase, first);
      const { rest, fresh } = end;
      if (end.missing) return yield* this.#last(before, false);
      if (rest === null) await sleep(this.#backoff.next(end.pause), signal);
      else stale = fresh ? 0 : stale + 1;
      // Any response may be cut: an end is believed when it comes again.
      const same = rest === before && !this.#point.lacksLines;
      const repeated = rest !== null && !fresh && (same || stale >= MAX_STALE);
      if (repeated && (previous || phase !== "follow")) {
        return yield* this.#last(rest, true);
      }
      before = rest ?? before;
      const state = previous ? "ended" : await this.#state();
      if (state === "running") {
        if (rest !== null) {
          this.#cut ??= this.#lost();
          if (rest !== "") this.#report();
          await sleep(this.#backoff.next(), signal);
        }
        stale = 0;
        phase = "follow";
      } else if (state === "gone" || state === "lost") {
        return yield* this.#last(rest ?? "", false);
      } else {
        if (state === "unknown" && repeated && !first) {
          return yield* this.#last(rest, false);
        }
        if (rest !== null && (state === "unknown" || phase !== "follow")) {
          await sleep(this.#backoff.next(), signal);
        }
        phase = state === "unknown"
          ? "follow"
          : state === "ended"
          ? "rest"
          : "previous";
      }
      first = false;
    }
  }

  /** The new lines of one response. */
  async *#response(
    phase: Phase,
    first: boolean,
  ): AsyncGenerator<LogEntry, ResponseEnd> {
    const { action, open, format } = this.#log;
    const wanted = first ? this.#options : this.#resumed();
    let fresh = false;
    try {
      const body = await open(
        phase === "follow" ? wanted : {
          ...wanted,
          follow: false,
          previous: phase === "previous" || wanted.previous,
        },
      );
      this.#reached = true;
      this.#policy.reached();
      this.#point.resume();
      // A response that begins between two parts of a long line begins with
      // the rest of that, which has no time and is not a line.
      let mayBeRest = isPartial(wanted);
      let held: string | null = null;
      const lines = readLines(body, action, undefined, format);
      try {
        let line = await lines.next();
        for (; !line.done; line = await lines.next()) {
          const timed = readTimedLine(line.value);
          if (timed === null) {
            // Otherwise it is text of the server's own, or it writes no times.
            const begun = this.#point.latest !== null;
            const texts = mayBeRest ? [] : [line.value];
            if (held !== null && !begun) texts.unshift(held);
            held = mayBeRest ? line.value : null;
            mayBeRest = false;
            for (const text of texts) {
              if (!this.#point.admitUntimed()) continue;
              // The server may repeat a text of its own in every response.
              fresh ||= !begun;
              yield untimed(text);
            }
            continue;
          }
          mayBeRest = false;
          held = null;
          if (!this.#point.admit(timed)) continue;
          fresh = true;
          this.#backoff.reset();
          if (this.#cut !== null) this.#report();
          yield timed;
        }
        const isAll = held !== null && this.#point.latest === null;
        if (isAll && this.#point.admitUntimed()) {
          fresh = true;
          yield untimed(held!);
        }
        return { rest: line.value, fresh, pause: 0 };
      } finally {
        await lines.return("");
      }
    } catch (error) {
      if (phase !== "follow" && isMissing(error)) {
        return { rest: "", missing: true, fresh, pause: 0 };
      }
      return { rest: null, fresh, pause: this.#survive(error) };
    }
  }

  /** The unterminated last line. */
  *#last(rest: string, whole: boolean): Generator<LogEntry, void> {
    const timed = readTimedLine(rest);
    if (timed === null) {
      if (whole && rest !== "") yield untimed(rest);
    } else if (this.#point.admit(timed)) {
      yield timed;
    }
  }

  /** Asks until there is an answer. */
  async #state(): Promise<RunState> {
    const { run, signal } = this.#log;
    while (true) {
      try {
        return await run.state(this.#point.latest, signal);
      } catch (error) {
        await sleep(this.#backoff.next(this.#survive(error)), signal);
      }
    }
  }

  /**
   * Reports a failure that is survived, and throws any other.
   *
   * @returns The delay that the server asks for, in milliseconds.
   */
  #survive(error: unknown): number {
    this.#log.signal.throwIfAborted();
    if (this.#refusal !== null) throw this.#refusal.reason;
    // The container restarts.
    if (this.#reached && isWaiting(error)) return 0;
    if (!this.#policy.survives(error)) throw error;
    this.#cut = error;
    this.#report();
    return retryAfter(error);
  }

  #report(): void {
    const error = this.#cut!;
    this.#cut = null;
    try {
      this.#log.options.onRetry?.(error);
    } catch (reason) {
      this.#refusal = { reason };
      throw reason;
    }
  }

  #lost(): ConnectionLostError {
    const reason = "the response ended while the container runs";
    return new ConnectionLostError(`Cannot ${this.#log.action}: ${reason}`, {
      closeCode: CLOSE_CODE.abnormal,
      reason,
    });
  }

  /** The same log from where it was read to. */
  #resumed(): LogOptions {
    const { tailLines, sinceSeconds, ...others } = this.#options;
    const { latest } = this.#point;
    if (latest !== null) return { ...others, sinceTime: latest.second };
    // No line yet: the same lines are wanted, and those written since.
    const elapsed = (performance.now() - this.#requested) / 1000;
    if (tailLines === 0) {
      const { sinceTime: _, ...rest } = others;
      return { ...rest, sinceSeconds: Math.max(1, Math.ceil(elapsed)) };
    }
    if (sinceSeconds === undefined) return this.#options;
    const extended = sinceSeconds + Math.floor(elapsed);
    return { ...others, tailLines, sinceSeconds: extended };
  }
}

/** Whether the options may leave out the beginning of the log. */
function isPartial(options: LogOptions): boolean {
  const { sinceTime, sinceSeconds, tailLines } = options;
  return (sinceTime ?? sinceSeconds ?? tailLines) !== undefined;
}

/** Whether there is no log of an ended run, for example of a removed container. */
function isMissing(error: unknown): boolean {
  return error instanceof ApiError && [400, 404].includes(error.httpStatus);
}
