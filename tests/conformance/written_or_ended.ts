import { SessionEndedError } from "../../mod.ts";

/**
 * Waits for a write whose command ends once it has all of it: the status may
 * come before the socket says that it has room again.
 */
export async function writtenOrEnded(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof SessionEndedError)) throw error;
  }
}
