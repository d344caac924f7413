import { Backoff } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import { delayAbort, startDeadline } from "../../client/deadline.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import { isCredentialsFailure } from "../../config/credentials.ts";
import {
  ApiError,
  ConnectError,
  type ConnectErrorCode,
  ProtocolError,
} from "../../errors.ts";
import type { CallContext } from "../call.ts";
import { deleteObject } from "../verbs/deletion.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import type { ContainerPlace } from "./container_state.ts";
import { type OneShotRequest, RUN_LABEL } from "./one_shot_options.ts";
import { repeatConflicts } from "./repeat_conflicts.ts";

/** How long the answer to a creation is waited for after an abort, in ms. */
const CREATED_WITHIN = 3_000;

/**
 * How long a pod is looked for whose creation had no answer, in ms: the server may
 * still be at it.
 */
const APPEARS_WITHIN = 2_000;

/** Milliseconds for the deletion, with its repetitions. */
const DELETED_WITHIN = 10_000;

const DELETE_DELAYS = { first: 100, longest: 2_000 };

/**
 * The seconds between TERM and KILL: a shell as the first process ignores TERM,
 * and no one waits for the command any more.
 */
const GRACE = 1;

/** A pod that the server has. */
interface CreatedPod {
  /** An admission may have changed it. */
  readonly name: string;
  readonly uid: string;
}

/** A pod for one command. */
export class OneShotPod {
  readonly #context: CallContext;
  readonly #request: OneShotRequest;
  #created: CreatedPod | null = null;
  /** Whether the server may have the pod. */
  #mayExist = false;
  #removed: Promise<Error | null> | null = null;

  constructor(context: CallContext, request: OneShotRequest) {
    // Closing the client waits for the deletion.
    this.#context = { ...context, client: context.client.beside() };
    this.#request = request;
  }

  get name(): string {
    return this.#created?.name ?? this.#request.name;
  }

  /**
   * Creates the pod. After an abort the answer is waited for: a pod that is
   * created could not be deleted otherwise.
   *
   * @returns Its container.
   * @throws {ApiError} The server refuses.
   */
  async create(
    context: CallContext,
    signal: AbortSignal,
  ): Promise<ContainerPlace> {
    const { action, container, namespace } = this.#request;
    signal.throwIfAborted();
    this.#mayExist = true;
    try {
      const post = () => this.#post(signal);
      this.#created = await repeatConflicts(post, signal);
      signal.throwIfAborted();
      const { name: pod, uid } = this.#created;
      return { context, action, pod, uid, container, namespace };
    } catch (error) {
      if (isNotCreated(error)) this.#mayExist = false;
      signal.throwIfAborted();
      throw error;
    }
  }

  async #post(signal: AbortSignal): Promise<CreatedPod> {
    const { action, body, namespace } = this.#request;
    const verb = { verb: "create", method: "POST", body, action };
    const late = delayAbort(signal, CREATED_WITHIN);
    const options = { namespace, timeout: null, signal: late.signal };
    try {
      const pod = await fetchObject(this.#context, verb, options);
      return createdPod(pod as Pod, action);
    } catch (error) {
      if (!isApiError(error) || error.reason !== "AlreadyExists") throw error;
      // An earlier attempt may have created it, which had another answer.
      const own = await this.#find(late.signal).catch(() => null);
      if (own === null) throw error;
      return own;
    } finally {
      late.release();
    }
  }

  /**
   * Deletes the pod, if there is one; repeats that for a while.
   *
   * @returns Why it could not be deleted; null if it was. Never rejects.
   */
  remove(): Promise<Error | null> {
    return this.#removed ??= this.#remove();
  }

  async #remove(): Promise<Error | null> {
    if (!this.#mayExist) return null;
    const { action } = this.#request;
    const deadline = startDeadline(
      `delete the pod of "${action}"`,
      DELETED_WITHIN,
    );
    const { signal } = deadline;
    const backoff = new Backoff(DELETE_DELAYS);
    const appearsUntil = performance.now() + APPEARS_WITHIN;
    let latest: Error | null = null;
    try {
      while (true) {
        let longest = Infinity;
        try {
          await this.#delete(signal);
          return null;
        } catch (error) {
          // It is gone, or another pod has its name.
          if (hasHttpStatus(error, 409)) return null;
          if (hasHttpStatus(error, 404)) {
            longest = appearsUntil - performance.now();
            if (this.#created !== null || longest <= 0) return null;
          } else if (isRefusal(error)) return error as Error;
          latest = error as Error;
          signal.throwIfAborted();
        }
        await sleep(Math.min(backoff.next(), longest), signal);
      }
    } catch (error) {
      return latest ?? error as Error;
    } finally {
      deadline.release();
    }
  }

  async #delete(signal: AbortSignal): Promise<void> {
    this.#created ??= await this.#find(signal);
    if (this.#created === null) return;
    const { name, uid } = this.#created;
    await deleteObject(this.#context, name, {
      namespace: this.#request.namespace,
      signal,
      timeout: null,
      gracePeriodSeconds: GRACE,
      preconditions: { uid },
    });
  }

  /**
   * The pod whose creation had no answer; null if the one of its name is not ours.
   *
   * @throws {ApiError} There is none (404), for example.
   */
  async #find(signal: AbortSignal): Promise<CreatedPod | null> {
    const { action, name, namespace, run } = this.#request;
    const verb = { verb: "get", method: "GET", name };
    const options = { namespace, signal, timeout: null };
    const pod = await fetchObject(this.#context, verb, options) as Pod;
    const isOurs = pod.metadata?.labels?.[RUN_LABEL] === run;
    return isOurs ? createdPod(pod, action) : null;
  }
}

/** @throws {ProtocolError} The answer is no pod. */
function createdPod({ metadata }: Pod, action: string): CreatedPod {
  const { name, uid } = metadata ?? {};
  if (name && uid) return { name, uid };
  throw new ProtocolError(`Cannot ${action}: the answer is no pod`);
}

/** Failures before a request is sent. */
const NOT_SENT: readonly ConnectErrorCode[] = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EUNREACHABLE",
  "CERT_UNTRUSTED",
  "CERT_EXPIRED",
  "CERT_NAME",
  "TLS_FAILED",
  "PROXY_AUTH",
  "PROXY_FAILED",
];

/** Whether the failure of a creation says that there is no pod. */
function isNotCreated(error: unknown): boolean {
  if (error instanceof ConnectError) return NOT_SENT.includes(error.code);
  return isRefusal(error) || hasHttpStatus(error, 429) ||
    isCredentialsFailure(error);
}

/** Whether the server has answered that it does not do it. */
function isRefusal(error: unknown): boolean {
  return isApiError(error) && error.httpStatus < 500 &&
    error.httpStatus >= 400 && !hasHttpStatus(error, 408, 429);
}

function hasHttpStatus(error: unknown, ...codes: number[]): boolean {
  return isApiError(error) && codes.includes(error.httpStatus);
}

function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}
