import { Backoff, sleep } from "../../client/backoff.ts";
import { delayAbort, startDeadline } from "../../client/deadline.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { ApiError } from "../../errors.ts";
import type { CallContext } from "../call.ts";
import { deleteObject } from "../verbs/deletion.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import type { ContainerPlace } from "./container_state.ts";
import { type OneShotRequest, RUN_LABEL } from "./one_shot_options.ts";

/** How long the answer to a creation is waited for after an abort, in ms. */
const CREATED_WITHIN = 3_000;

/** Milliseconds for the deletion, with its repetitions. */
const DELETED_WITHIN = 10_000;

const DELETE_DELAYS = { first: 100, longest: 2_000 };

/**
 * The seconds between TERM and KILL: a shell as the first process ignores TERM,
 * and no one waits for the command any more.
 */
const GRACE = 1;

/** A pod for one command. */
export class OneShotPod {
  readonly #context: CallContext;
  readonly #request: OneShotRequest;
  #uid: string | null = null;
  /** Whether the server may have the pod. */
  #mayExist = false;
  #removed: Promise<Error | null> | null = null;

  constructor(context: CallContext, request: OneShotRequest) {
    // Closing the client waits for the deletion.
    this.#context = { ...context, client: context.client.beside() };
    this.#request = request;
  }

  get name(): string {
    return this.#request.name;
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
    const { action, body, name, container, namespace } = this.#request;
    const late = delayAbort(signal, CREATED_WITHIN);
    const verb = { verb: "create", method: "POST", body, action };
    const options = { namespace, timeout: null, signal: late.signal };
    signal.throwIfAborted();
    this.#mayExist = true;
    try {
      const pod = await fetchObject(this.#context, verb, options) as Stored<
        Pod
      >;
      const uid = pod.metadata.uid!;
      this.#uid = uid;
      signal.throwIfAborted();
      return { context, action, pod: name, uid, container, namespace };
    } catch (error) {
      if (isRefusal(error)) this.#mayExist = false;
      signal.throwIfAborted();
      throw error;
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
    let latest: Error | null = null;
    try {
      while (true) {
        try {
          await this.#delete(signal);
          return null;
        } catch (error) {
          latest = error as Error;
          signal.throwIfAborted();
          if (isRefusal(error)) return latest;
        }
        await sleep(backoff.next(), signal);
      }
    } catch (error) {
      return latest ?? error as Error;
    } finally {
      deadline.release();
    }
  }

  async #delete(signal: AbortSignal): Promise<void> {
    const { name, namespace } = this.#request;
    const options = { namespace, signal, timeout: null };
    try {
      const uid = this.#uid ?? await this.#find(signal);
      if (uid === null) return;
      await deleteObject(this.#context, name, {
        ...options,
        gracePeriodSeconds: GRACE,
        preconditions: { uid },
      });
    } catch (error) {
      // It is gone, or another pod has its name.
      if (hasHttpStatus(error, 404, 409)) return;
      throw error;
    }
  }

  /** The uid of the pod whose creation had no answer; null if it is not ours. */
  async #find(signal: AbortSignal): Promise<string | null> {
    const { name, namespace, run } = this.#request;
    const verb = { verb: "get", method: "GET", name };
    const options = { namespace, signal, timeout: null };
    const pod = await fetchObject(this.#context, verb, options) as Pod;
    const { uid = null, labels } = pod.metadata ?? {};
    return labels?.[RUN_LABEL] === run ? uid : null;
  }
}

/** Whether the server has answered that it does not do it. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus < 500 &&
    error.httpStatus >= 400 && !hasHttpStatus(error, 408, 429);
}

function hasHttpStatus(error: unknown, ...codes: number[]): boolean {
  return error instanceof ApiError && codes.includes(error.httpStatus);
}
