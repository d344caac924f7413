import { checkOptions } from "../../options.ts";
import type { CallContext } from "../call.ts";
import { deleteBody } from "./deletion.ts";
import { fetchObject } from "./verb_call.ts";
import { DELETE_OPTIONS, type DeleteOptions } from "./write_options.ts";

/** Asks for the eviction of a pod. */
export interface EvictMethod {
  /**
   * Deletes a pod if the disruption budgets that select it allow that, as
   * `kubectl drain` does (`policy/v1` `Eviction`). It may end later:
   * `waitForDeletion` waits for it.
   *
   * A budget that does not allow it is an `ApiError` with the HTTP status 429.
   * Try again later: the server only sometimes says when, by a `Retry-After`,
   * which the client heeds by itself.
   *
   * ```ts
   * import { Api, ApiError, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client });
   * try {
   *   await pods.evict("old-0", { gracePeriodSeconds: 30 });
   *   await pods.waitForDeletion("old-0");
   * } catch (error) {
   *   if (!(error instanceof ApiError) || error.httpStatus !== 429) throw error;
   *   console.log(error.apiStatus?.details?.causes?.[0]?.message);
   * }
   * await client.close();
   * ```
   *
   * @throws {ApiError} Also if the pod does not exist (404).
   */
  (name: string, options?: DeleteOptions): Promise<void>;
}

/** Creates the Eviction of a pod; see {@linkcode EvictMethod}. */
export async function evictPod(
  context: CallContext,
  name: string,
  options: DeleteOptions = {},
): Promise<void> {
  checkOptions(options, DELETE_OPTIONS, `evict ${context.resource.plural}`);
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name },
    deleteOptions: deleteBody(options),
  };
  const verb = { verb: "create", method: "POST", subresource: "eviction" };
  await fetchObject(context, { ...verb, name, body }, options);
}
