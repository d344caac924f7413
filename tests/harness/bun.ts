import process from "node:process";
import { type Registration, withTimeout } from "./registration.ts";
import { openFiles } from "./open_files.ts";
import { withoutLeaks } from "./leaks.ts";

interface BunTest {
  (name: string, body: () => Promise<void>, timeout: number): void;
  skip: BunTest;
}

const { test }: { test: BunTest } = await import("bun:" + "test");
interface JavaScriptCore {
  getProtectedObjects(): object[];
  heapStats(): {
    readonly protectedObjectTypeCounts: Readonly<Record<string, number>>;
  };
}

const { getProtectedObjects, heapStats }: JavaScriptCore = await import(
  "bun:" + "jsc"
);

/** `bun:test`. */
export function register({ name, body, timeout, skip }: Registration): void {
  const checked = () =>
    withoutLeaks(openResources, () => withTimeout(timeout, body));
  // Bun's own limit is the last resort: it does not report leaks.
  (skip ? test.skip : test)(name, checked, timeout + 5_000);
}

/**
 * Bun's `process.getActiveResourcesInfo()` is always empty, so list the objects
 * that its native parts hold.
 */
function openResources(): string[] {
  return [...Array<string>(countTimers()).fill("timer"), ...ownFiles()];
}

/**
 * `heapStats()` collects garbage first, which takes tens of milliseconds for each
 * test. Bun 1.3 aborts in `getProtectedObjects()`.
 */
function countTimers(): number {
  if (process.versions.bun!.startsWith("1.3.")) {
    return heapStats().protectedObjectTypeCounts.Timeout ?? 0;
  }
  return getProtectedObjects()
    .filter((object) => object.constructor?.name === "Timeout").length;
}

/** Bun opens internal pipes at any time; ours always come with a child process. */
function ownFiles(): string[] {
  const files = openFiles();
  const children = files.some((file) => file.startsWith("child process"));
  return children ? files : files.filter((file) => !file.startsWith("pipe:"));
}
