import type { FileCall } from "../file_call.ts";

/**
 * Removes what an upload has left behind whose script was killed, and so could
 * not do it. A failure does not matter: the upload's own is the one to report.
 *
 * @param paths As words of a command.
 */
export async function removeParts(
  call: FileCall,
  paths: readonly string[],
): Promise<void> {
  try {
    const session = await call.runScript(REMOVE, paths);
    await session.waitForStatus();
  } catch {
    // The container may be gone.
  }
}

/** The directories of an archive may have taken their own rights away. */
const REMOVE = `rm -rf "$@" 2>/dev/null || {
  chmod -R u+rwx "$@" 2>/dev/null
  rm -rf "$@"
}`;
