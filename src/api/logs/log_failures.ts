import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import {
  ApiError,
  LogNotAvailableError,
  type LogNotAvailableReason,
} from "../../errors.ts";
import type { CallContext } from "../call.ts";
import type { AllLogsOptions } from "./all_logs_options.ts";
import { prepareLog } from "./log_lines.ts";
import {
  isWaiting,
  type LoggedContainer,
  waitingFor,
} from "./logged_containers.ts";

/**
 * The failures of single logs among several: each goes to `onError`, or is
 * thrown, which ends all logs.
 */
export class LogFailures {
  readonly #context: CallContext;
  readonly #options: AllLogsOptions;
  /** What a callback has thrown. */
  #refusal: { readonly reason: unknown } | null = null;

  constructor(context: CallContext, options: AllLogsOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** The error for a log that there is not. */
  problem(
    { pod, container }: LoggedContainer,
    reason: LogNotAvailableReason,
    state: string,
    cause?: unknown,
  ): LogNotAvailableError {
    const { namespace } = this.#options;
    const { action } = prepareLog(this.#context, pod, { namespace });
    const options = { pod, container, reason, cause };
    // It may be in the words of the cluster.
    const words = this.#context.client.hideCredentials(state);
    return new LogNotAvailableError(`Cannot ${action}: ${words}`, options);
  }

  /** The failure of a request for a log in the words of its pod. */
  explained(pod: Stored<Pod>, source: LoggedContainer, error: unknown): Error {
    if (!(error instanceof ApiError)) return error as Error;
    if (error.httpStatus === 404) {
      return this.problem(source, "Lost", lostWith(source), error);
    }
    if (!isWaiting(error)) return error;
    const words = error.apiStatus?.message ??
      waitingFor(pod, source.container);
    return this.problem(source, "NotStarted", words, error);
  }

  /** There is no such log: that is told, or thrown. */
  fail(
    source: LoggedContainer,
    reason: LogNotAvailableReason,
    state: string,
  ): void {
    this.failed(source, this.problem(source, reason, state));
  }

  /** A log cannot be read: that is told, or thrown. */
  failed(source: LoggedContainer, error: Error): void {
    const { onError } = this.#options;
    if (onError === undefined) throw error;
    this.tell(onError, error, source);
  }

  /** Calls a callback, whose exception ends all logs, not this one alone. */
  tell(
    callback: ((error: Error, source: LoggedContainer) => void) | undefined,
    error: Error,
    source: LoggedContainer,
  ): void {
    try {
      callback?.(error, source);
    } catch (reason) {
      this.#refusal ??= { reason };
      throw reason;
    }
  }

  /** Throws again what a callback has thrown. */
  throwIfRefused(): void {
    if (this.#refusal !== null) throw this.#refusal.reason;
  }
}

/** The state of a container whose log went with its pod. */
export function lostWith({ container }: LoggedContainer): string {
  return `the pod was deleted before the log of container "${container}" was read`;
}
