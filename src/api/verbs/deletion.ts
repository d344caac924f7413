import type { Resource } from "../../client/resource.ts";
import type { Selection } from "./call_options.ts";
import type { Verb } from "./verb_call.ts";
import type {
  DeleteCollectionOptions,
  DeleteOptions,
} from "./write_options.ts";

/**
 * What a deletion says beside its path: a query, which every road carries, or,
 * for what fits in none, a body (`metav1.DeleteOptions`).
 */
export function deletion(options: DeleteOptions): Pick<Verb, "query" | "body"> {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = options;
  const query = {
    gracePeriodSeconds,
    propagationPolicy,
    dryRun: options.dryRun ? "All" : undefined,
  };
  if (preconditions === undefined) return { query };
  const { dryRun, ...said } = query;
  return {
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...said,
      ...(dryRun ? { dryRun: [dryRun] } : {}),
      preconditions,
    },
  };
}

/**
 * The same for many objects.
 *
 * @throws {TypeError} Neither a selector nor `all: true` is given.
 */
export function deletionOfMany(
  { plural }: Resource,
  options: DeleteCollectionOptions,
): Pick<Verb, "query"> {
  const { labelSelector, fieldSelector, all } = options as Selection & {
    all?: true;
  };
  if (!labelSelector && !fieldSelector && all !== true) {
    throw new TypeError(
      `Cannot delete ${plural}: neither a selector nor all: true is given`,
    );
  }
  const { query } = deletion(options);
  return { query: { ...query, labelSelector, fieldSelector } };
}
