import type {
  KubeObject,
  ObjectList,
  Stored,
} from "../../client/kube_object.ts";
import { checkOptions } from "../../options.ts";
import type { Status } from "../../status.ts";
import type { CallContext } from "../call.ts";
import { fetchObject, type Verb } from "./verb_call.ts";
import {
  DELETE_COLLECTION_OPTIONS,
  DELETE_OPTIONS,
  type DeleteCollectionOptions,
  type DeleteOptions,
} from "./write_options.ts";

/**
 * Requests the deletion of an object.
 *
 * @throws {TypeError} An option does not exist, or there is no name.
 */
export async function deleteObject<T extends KubeObject>(
  context: CallContext,
  name: string,
  options: DeleteOptions = {},
): Promise<Stored<T> | Status> {
  checkOptions(options, DELETE_OPTIONS, `delete ${context.resource.plural}`);
  const request = deleteRequest(options);
  const verb = { verb: "delete", method: "DELETE", name, ...request };
  return await fetchObject(context, verb, options) as Stored<T> | Status;
}

/**
 * Requests the deletion of many objects.
 *
 * @throws {TypeError} An option does not exist, or neither a selector nor
 * `all: true` is given.
 */
export async function deleteObjects<T extends KubeObject>(
  context: CallContext,
  options: Partial<DeleteCollectionOptions> & { readonly all?: boolean } = {},
): Promise<ObjectList<T> | Status> {
  const { plural } = context.resource;
  checkOptions(options, DELETE_COLLECTION_OPTIONS, `delete ${plural}`);
  const { labelSelector, fieldSelector, all } = options;
  if (!labelSelector && !fieldSelector && all !== true) {
    throw new TypeError(
      `Cannot delete ${plural}: neither a selector nor all: true is given`,
    );
  }
  const query = {
    ...deleteRequest(options).query,
    labelSelector,
    fieldSelector,
  };
  const verb = { verb: "deletecollection", method: "DELETE", query };
  return await fetchObject(context, verb, options) as ObjectList<T> | Status;
}

/**
 * The options of a deletion as a query, which every proxy forwards, or, for
 * what no query can hold, as a body (`metav1.DeleteOptions`).
 */
function deleteRequest(
  options: DeleteOptions,
): Pick<Verb, "query" | "body"> {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
  if (preconditions !== undefined) return { body: deleteBody(options) };
  const dryRun = options.dryRun ? "All" : undefined;
  return { query: { gracePeriodSeconds, propagationPolicy, dryRun } };
}

/** The options of a deletion as `metav1.DeleteOptions`. */
export function deleteBody(options: DeleteOptions): object {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds,
    propagationPolicy,
    ...(options.dryRun ? { dryRun: ["All"] } : {}),
    preconditions,
  };
}
