import { type Api, isRunning, type Pod, type PodSpec } from "../../mod.ts";
import type { PodOptions } from "./backend.ts";

/** Whether the pod runs or has ended: a short run may never be observed as running. */
export function hasRun(pod: Pod | undefined): boolean {
  return isRunning(pod) || hasEnded(pod);
}

/** Whether all containers of the pod have ended for good. */
export function hasEnded(pod: Pod | undefined): boolean {
  return ["Succeeded", "Failed"].includes(pod?.status?.phase ?? "");
}

/**
 * Creates a pod on one of our own servers, embedded or upstream. Annotations
 * request faults, which a real cluster cannot provide.
 */
export async function makeAnnotatedPod(
  pods: Api<typeof Pod>,
  options: PodOptions = {},
): Promise<string> {
  const pod = await pods.create({
    metadata: {
      generateName: "test-",
      annotations: annotations(options),
      labels: { ...options.labels },
    },
    spec: annotatedPodSpec(options),
  });
  const { name } = pod.metadata;
  const until = options.unschedulable ? () => true : options.until ?? hasRun;
  await pods.waitFor(name, until, { timeout: 10_000, interval: 50 });
  return name;
}

/** The spec of a pod on one of our own servers. */
export function annotatedPodSpec(options: PodOptions = {}): PodSpec {
  const { container, containers = [{ name: "main", ...container }] } = options;
  return {
    ...options.spec,
    containers: containers.map((spec) => ({ image: "busybox", ...spec })),
  };
}

function annotations(
  options: PodOptions,
): Record<string, string> {
  const { fault, kubelet, nodeFault } = options;
  const { idleTimeout, halfCloses, unschedulable } = options;
  return {
    ...(fault && { "podwire.dev/fault": JSON.stringify(fault) }),
    ...(kubelet && { "podwire.dev/kubelet": kubelet }),
    ...(nodeFault && { "podwire.dev/node-fault": JSON.stringify(nodeFault) }),
    ...(idleTimeout && { "podwire.dev/idle-timeout": String(idleTimeout) }),
    ...(halfCloses && { "podwire.dev/half-close": "true" }),
    ...(unschedulable && { "podwire.dev/unschedulable": "true" }),
  };
}
