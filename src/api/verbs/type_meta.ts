import type { Resource } from "../../client/resource.ts";

/** The `apiVersion` of a resource's objects, for example `apps/v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The object with `apiVersion` and `kind`, unless it has its own. */
export function withType<T>(resource: Resource, object: T): T {
  if (typeof object !== "object" || object === null) return object;
  const { kind } = resource;
  return { apiVersion: apiVersionOf(resource), kind, ...object };
}
