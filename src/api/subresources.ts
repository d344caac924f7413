import { CallSite } from "../call_site.ts";
import {
  hasSubresource,
  type Resource,
  type SubresourceMarker,
} from "../client/resource.ts";
import { SubresourceNotAvailableError } from "../errors.ts";
import type { CallContext } from "./call.ts";
import { type EvictMethod, evictPod } from "./verbs/eviction.ts";
import { type ScaleMethod, scaleObject } from "./verbs/scale.ts";

/**
 * Refuses a subresource that a resource does not have.
 *
 * @param subresource Its name; defaults to the one that the marker stands for.
 * @throws {SubresourceNotAvailableError} The resource has no such marker.
 */
export function checkSubresource(
  resource: Resource,
  marker: SubresourceMarker,
  subresource: string = marker === "logs" ? "log" : marker.toLowerCase(),
): void {
  if (hasSubresource(resource, marker)) return;
  throw new SubresourceNotAvailableError(resource.kind, subresource);
}

/** @throws {SubresourceNotAvailableError} The resource has no eviction. */
export function evictMethod(context: CallContext): EvictMethod {
  checkSubresource(context.resource, "eviction");
  const evict: EvictMethod = (name, options) =>
    new CallSite(evict).trace(() => evictPod(context, name, options));
  return evict;
}

/** @throws {SubresourceNotAvailableError} The resource has no scale. */
export function scaleMethod(context: CallContext): ScaleMethod {
  checkSubresource(context.resource, "scale");
  const scale: ScaleMethod = (name, replicas, options) =>
    new CallSite(scale)
      .trace(() => scaleObject(context, name, replicas, options));
  return scale;
}

/**
 * A method that starts a container, whose first call loads the code for that.
 *
 * @throws {SubresourceNotAvailableError} The resource is not Pod.
 */
export function launchMethod(
  context: CallContext,
  name: "debug" | "runOnce" | "streamOnce",
): (...given: never[]) => Promise<unknown> {
  const missing = name === "debug" ? "ephemeralcontainers" : "attach";
  // Only Pod has evictions.
  checkSubresource(context.resource, "eviction", missing);
  const method = async (...given: never[]): Promise<unknown> => {
    const site = new CallSite(method);
    return await site.trace(async () => {
      const launch = await import("./launch/mod.ts");
      const call: (...args: never[]) => Promise<unknown> = launch[name];
      return await call(context as never, site as never, ...given);
    });
  };
  return method;
}
