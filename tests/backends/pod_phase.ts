import { isRunning, type Pod } from "../../mod.ts";

/** Whether the pod runs or has ended: a short run may never be observed as running. */
export function hasRun(pod: Pod | undefined): boolean {
  return isRunning(pod) || hasEnded(pod);
}

/** Whether all containers of the pod have ended for good. */
export function hasEnded(pod: Pod | undefined): boolean {
  return ["Succeeded", "Failed"].includes(pod?.status?.phase ?? "");
}
