import { exitCodeOf } from "../channel/status_frame.ts";
import type { Status } from "../status.ts";

/** What a program exits with for a session that ended with a status. */
export function exitCodeFor(
  subresource: "exec" | "attach",
  status: Status | null,
): number {
  if (subresource === "attach") return status?.status === "Success" ? 0 : 1;
  return exitCodeOf(status) ?? 1;
}
