import type { Bytes } from "../../bytes.ts";
import type { DelayRange } from "../../client/backoff.ts";
import {
  ApiError,
  ConnectionLostError,
  LogNotAvailableError,
} from "../../errors.ts";
import type { LogOptions } from "../../request/log_options.ts";
import { type LineFormat, readLines } from "../../streams/read_lines.ts";
import type { ContainerRun, RunState } from "./container_run.ts";
import { FollowRetries } from "./follow_retries.ts";
import { isWaiting } from "./logged_containers.ts";
import { ResponseOwner } from "./response_owner.ts";
import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import { type LogEntry, readTimedLine, untimed } from "./log_entry.ts";
import { resumedOptions, ResumePoint } from "./resume_point.ts";
import { UntimedLines } from "./untimed_lines.ts";

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
  /** Called when lines were lost, instead of throwing that. */
  readonly onLost?: ((error: LogNotAvailableError) => void) | undefined;
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

const GONE = "it is gone, and may not have been read to its end";

/** How one response ended. */
interface ResponseEnd {
  /** The unterminated last line; null if the response failed. */
  readonly rest: string | null;
  /**
   * Whether there is no log any more, for example of a removed container, or it
   * is that of the next pod of this name.
   */
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
  readonly #retries: FollowRetries;
  #options: LogOptions;
  #point = new ResumePoint();
  #requested = performance.now();
  /** Whether the run's log was read to its end, as far as one can know. */
  #whole = false;

  constructor(log: FollowedLog) {
    this.#log = log;
    this.#options = { ...log.options, timestamps: true };
    this.#retries = new FollowRetries({ ...log, onRetry: log.options.onRetry });
  }

  /** Reads the lines, as they are requested. */
  async *entries(): AsyncGenerator<LogEntry, void> {
    const { run, delays, signal, options } = this.#log;
    let phase: Phase = "follow";
    while (true) {
      yield* this.#run(phase);
      if (!options.restarts) return;
      const next = await this.#retries.ask(() => run.next(delays, signal));
      if (next === null) return;
      if (next.lost > 0) {
        const runs = next.lost === 1 ? "one run" : `${next.lost} runs`;
        this.#lose(`the log of ${runs} is gone, and was not read`);
      }
      phase = next.isPrevious ? "previous" : "follow";
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
  async *#run(begin: Phase): AsyncGenerator<LogEntry, void> {
    const { previous } = this.#options;
    let phase = begin;
    let first = true;
    let before = "";
    let stale = 0;
    this.#whole = false;
    while (true) {
      const end: ResponseEnd = yield* this.#response(phase, first);
      const { rest, fresh } = end;
      if (end.missing) {
        yield* this.#last(before, false);
        if (!this.#whole) this.#lose(GONE);
        return;
      }
      if (rest === null) await this.#retries.pause(end.pause);
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
          this.#retries.ended(this.#lost(), rest !== "");
          await this.#retries.pause();
        }
        stale = 0;
        phase = "follow";
      } else if (state === "gone" || state === "lost") {
        yield* this.#last(rest ?? "", false);
        if (!this.#whole) this.#lose(GONE);
        return;
      } else {
        if (state === "unknown" && repeated && !first) {
          return yield* this.#last(rest, false);
        }
        if (rest !== null && (state === "unknown" || phase !== "follow")) {
          await this.#retries.pause();
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
    const elapsed = performance.now() - this.#requested;
    const wanted = first
      ? this.#options
      : resumedOptions(this.#options, this.#point.latest, elapsed);
    const point = this.#point.copy();
    let fresh = false;
    try {
      const body = await open(
        phase === "follow" ? wanted : {
          ...wanted,
          follow: false,
          previous: phase === "previous" || wanted.previous,
        },
      );
      this.#retries.reached();
      const owner = this.#ownerOf(phase);
      const discarded = () => this.#discarded(owner, point);
      const lines = readLines(body, action, format);
      try {
        // Later responses mostly repeat lines: then it does not matter.
        if (first && !owner.isOurs && !await owner.look()) return discarded();
        this.#point.resume();
        const others = new UntimedLines(isPartial(wanted));
        let line = await lines.next();
        for (; !line.done; line = await lines.next()) {
          const timed = readTimedLine(line.value);
          if (timed === null) {
            const hasTimes = this.#point.latest !== null;
            for (const text of others.take(line.value, hasTimes)) {
              if (!this.#point.admitUntimed()) continue;
              if (!owner.isOurs && !await owner.owns(null)) return discarded();
              // The server may repeat a text of its own in every response.
              fresh ||= !hasTimes;
              yield untimed(text);
            }
            continue;
          }
          others.timed();
          if (!this.#point.admit(timed)) continue;
          if (!owner.isOurs && !await owner.owns(timed)) return discarded();
          fresh = true;
          this.#retries.progressed();
          yield timed;
        }
        const rest = line.value;
        const { held } = others;
        const isAll = held !== null && this.#point.latest === null;
        if (owner.isUnclear || !owner.isOurs && (rest !== "" || isAll)) {
          if (!await owner.owns(readTimedLine(rest))) return discarded();
        }
        if (isAll && this.#point.admitUntimed()) {
          fresh = true;
          yield untimed(held);
        }
        this.#whole = true;
        return { rest, fresh, pause: 0 };
      } finally {
        await lines.return("");
        // The lines have it only once they are read.
        if (!body.locked) await body.cancel().catch(() => {});
      }
    } catch (error) {
      const isGone = phase === "follow"
        ? this.#whole && isNotFound(error)
        : isMissing(error);
      if (isGone) return { rest: "", missing: true, fresh, pause: 0 };
      if (phase === "follow" && !isWaiting(error)) this.#whole = false;
      return { rest: null, fresh, pause: this.#retries.survive(error) };
    }
  }

  /** Goes back to the point before a response that has another's log. */
  #discarded(owner: ResponseOwner, point: ResumePoint): ResponseEnd {
    const { run } = this.#log;
    this.#point = point;
    // It may have been ours after all.
    if (owner.isAnotherPods && run.successorStart === 0) this.#whole = false;
    return { rest: null, missing: owner.isAnotherPods, fresh: false, pause: 0 };
  }

  /** Whose log a response will be. */
  #ownerOf(phase: Phase): ResponseOwner {
    const { run } = this.#log;
    const owner = new ResponseOwner(
      run,
      phase === "previous",
      () => this.#state(),
    );
    if (!run.isIdentified || this.#options.previous) owner.trust();
    return owner;
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

  #state(): Promise<RunState> {
    const { run, signal } = this.#log;
    return this.#retries.ask(() => run.state(this.#point.latest, signal));
  }

  /** Lines were lost. */
  #lose(state: string): void {
    const { action, run: { pod, container }, onLost } = this.#log;
    const error = new LogNotAvailableError(`Cannot ${action}: ${state}`, {
      pod,
      container,
      reason: "Lost",
    });
    if (onLost === undefined) throw error;
    onLost(error);
  }

  #lost(): ConnectionLostError {
    const reason = "the response ended while the container runs";
    return new ConnectionLostError(`Cannot ${this.#log.action}: ${reason}`, {
      closeCode: CLOSE_CODE.abnormal,
      reason,
    });
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

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus === 404;
}
