import process from "node:process";
import { after, test } from "node:test";
import { withoutLeaks } from "./leaks.ts";
import { openFiles } from "./open_files.ts";
import { type Registration, withTimeout } from "./registration.ts";

// A leak keeps the file's process alive. It is ended late enough for every
// result to have left it: `--test-force-exit` loses some.
after(() => {
  let looks = 500;
  setInterval(() => --looks > 0 || process.exit(1), 10).unref();
});

/** `node:test`. */
export function register({ name, body, timeout, skip }: Registration): void {
  const checked = () =>
    withoutLeaks(openResources, () => withTimeout(timeout, body));
  test(name, { skip }, checked);
}

/** What keeps the process alive, and what is open though unref'd. */
function openResources(): string[] {
  return [...process.getActiveResourcesInfo(), ...openFiles()];
}
