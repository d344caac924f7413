import type { Resource } from "../../client/resource.ts";
import type { Verb } from "./verb_call.ts";
import type {
  DeleteCollectionOptions,
  DeleteOptions,
} from "./write_options.ts";

/**
 * The options of a deletion as a query, which every proxy forwards, or, for
 * what no query can hold, as a body (`metav1.DeleteOptions`).
 */
export function deleteRequest(
  options: DeleteOptions,
): Pick<Verb, "query" | "body"> {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
  const dryRun = options.dryRun ? "All" : undefined;
  const shared = { gracePeriodSeconds, propagationPolicy };
  if (preconditions === undefined) return { query: { ...shared, dryRun } };
  return {
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...shared,
      ...(dryRun ? { dryRun: [dryRun] } : {}),
      preconditions,
    },
  };
}

/**
 * The options of a deletion of many objects.
 *
 * @throws {TypeError} Neither a selector nor `all: true` is given.
 */
export function deleteCollectionRequest(
  { plural }: Resource,
  options: Partial<DeleteCollectionOptions> & { readonly all?: boolean } = {},
): Pick<Verb, "query"> {
  const { labelSelector, fieldSelector, all } = options;
  if (!labelSelector && !fieldSelector && all !== true) {
    throw new TypeError(
      `Cannot delete ${plural}: neither a selector nor all: true is given`,
    );
  }
  const { query } = deleteRequest(options);
  return { query: { ...query, labelSelector, fieldSelector } };
}
