import process from "node:process";
import { after, test } from "node:test";
import { withoutLeaks } from "./leaks.ts";
import { openFiles } from "./open_files.ts";
import { type Registration, withTimeout } from "./registration.ts";

// A leak keeps the test process alive. Exit after a delay that lets every
// result be written first: `--test-force-exit` loses some.
after(() => {
  let ticks = 500;
  setInterval(() => --ticks > 0 || process.exit(1), 10).unref();
});

/** `node:test`. */
export function register({ name, body, timeout, skip }: Registration): void {
  const checked = () =>
    withoutLeaks(openResources, () => withTimeout(timeout, body));
  test(name, { skip }, checked);
}

/** What keeps the process alive, and unref'd resources that are still open. */
function openResources(): string[] {
  return [...process.getActiveResourcesInfo(), ...openFiles()];
}
