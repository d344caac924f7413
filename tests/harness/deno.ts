import { withoutLeaks } from "./leaks.ts";
import { openFiles } from "./open_files.ts";
import type { Registration } from "./registration.ts";
import { within } from "./within.ts";

/**
 * `Deno.test`, with the leak sanitizers on whatever the version's default. They
 * do not see the sockets of `node:net`: the open files do.
 */
export function register({ name, body, timeout, skip }: Registration): void {
  Deno.test({
    name,
    ignore: skip,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: () => withoutLeaks(openFiles, () => within(timeout, body)),
  });
}
