import { type PartialResult, PodwireError } from "../errors.ts";

/** The partial result of a `run` that failed before any output. */
export function nothingCollected(): PartialResult {
  return { stdout: new Uint8Array(), stderr: new Uint8Array(), status: null };
}

/**
 * Gives an error what was collected before it, if its class carries that and it
 * does not know yet. Abort reasons belong to the caller and stay as they are.
 */
export function withPartial(error: unknown, partial: PartialResult): unknown {
  if (error instanceof PodwireError && "partial" in error) {
    error.partial ??= partial;
  }
  return error;
}
