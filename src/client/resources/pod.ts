import type * as core from "../kubernetes/core_v1.ts";
import type { HasAttach, HasExec, HasLogs, Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** A group of containers that run together. */
export type Pod = core.Pod;

/** The resource of {@linkcode Pod} objects; it has exec, attach and logs. */
export const Pod:
  & Resource<Pod>
  & Namespaced
  & HasExec
  & HasAttach
  & HasLogs = defineResource<Pod>({
    version: "v1",
    kind: "Pod",
    plural: "pods",
    exec: true,
    attach: true,
    logs: true,
  });

/**
 * Whether the pod runs and all its containers are ready; made for
 * `pods.waitFor(name, isRunning)`.
 */
export function isRunning<P extends Pod>(
  pod: P | undefined,
): pod is P & { status: { phase: "Running" } } {
  const status = pod?.status;
  if (status?.phase !== "Running") return false;
  const containers = status.containerStatuses ?? [];
  return containers.length >= pod!.spec.containers.length &&
    containers.every((container) => container.ready);
}
