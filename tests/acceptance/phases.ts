import type { Pod } from "../../mod.ts";

/**
 * Whether it runs, or ran already: what ends by itself may have done so before
 * anybody looks.
 */
export function hasStarted(pod: Pod | undefined): boolean {
  return pod?.status?.phase === "Running" || hasEnded(pod);
}

/** Whether all of its containers have ended for good. */
export function hasEnded(pod: Pod | undefined): boolean {
  return pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed";
}
