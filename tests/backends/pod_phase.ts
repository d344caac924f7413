import { isRunning, type Pod } from "../../mod.ts";

/** Whether it runs, or did: what runs but for a moment may never be seen to. */
export function hasRun(pod: Pod | undefined): boolean {
  return isRunning(pod) || hasEnded(pod);
}

/** Whether all of its containers have ended for good. */
export function hasEnded(pod: Pod | undefined): boolean {
  return ["Succeeded", "Failed"].includes(pod?.status?.phase ?? "");
}
