import { isModernDeno } from "../../src/platform/runtime.ts";
import { withoutLeaks } from "./leaks.ts";
import { openFiles } from "./open_files.ts";
import { type Registration, withTimeout } from "./registration.ts";

/**
 * `Deno.test`, with the leak sanitizers always on. They miss the sockets of
 * `node:net`, so the open files are compared too.
 */
export function register({ name, body, timeout, skip }: Registration): void {
  Deno.test({
    name,
    ignore: skip,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await withoutLeaks(openFiles, () => withTimeout(timeout, body));
      if (!isModernDeno()) await settled();
    },
  });
}

/** Before Deno 2.7, `node:net` keeps internal timers for a moment after a close. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
