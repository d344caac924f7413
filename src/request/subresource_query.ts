import type { Channels } from "./exec_options.ts";

/**
 * The query of an exec or attach request. All four flags are always there: the
 * server has no defaults (`PodExecOptions` of the core API).
 */
export function subresourceQuery(
  request: Channels & {
    readonly command?: readonly string[];
    readonly container?: string;
  },
): URLSearchParams {
  const query = new URLSearchParams();
  for (const word of request.command ?? []) query.append("command", word);
  if (request.container !== undefined) {
    query.append("container", request.container);
  }
  for (const flag of ["stdin", "stdout", "stderr", "tty"] as const) {
    query.append(flag, String(request[flag]));
  }
  return query;
}
