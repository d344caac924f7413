// What the error of a `run` tells about the command.
import { type PartialResult, PodwireError } from "../errors.ts";

/** Tells whether the process is gone; an abort's reason belongs to the caller. */
export function setKilled(error: unknown, killed: boolean): void {
  if (error instanceof PodwireError && "killed" in error) {
    error.killed ??= killed;
  }
}

/** The partial result of a `run` that failed before any output. */
export function nothingCollected(): PartialResult {
  return { stdout: new Uint8Array(), stderr: new Uint8Array(), status: null };
}

/**
 * Sets an error's partial result, if its class has one and it is not set yet.
 * Abort reasons belong to the caller and stay unchanged.
 */
export function withPartial(error: unknown, partial: PartialResult): unknown {
  if (error instanceof PodwireError && "partial" in error) {
    error.partial ??= partial;
  }
  return error;
}
