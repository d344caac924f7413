import { fieldSelector, labelSelector, type Selector } from "./selectors.ts";
import type { ServedResource } from "./served_resource.ts";

/**
 * Which objects of a collection a request means.
 *
 * @param namespace Null for all.
 * @throws {ApiFailure} 400, for a selector that does not parse.
 */
export function selection(
  { kind }: ServedResource,
  query: URLSearchParams,
  namespace: string | null,
): Selector {
  const matches = labelSelector(query.get("labelSelector"));
  const fits = fieldSelector(kind, query.get("fieldSelector"));
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) &&
    matches(object) && fits(object);
}
