import { type Registration, withTimeout } from "./registration.ts";
import { openFiles } from "./open_files.ts";
import { withoutLeaks } from "./leaks.ts";

interface BunTest {
  (name: string, body: () => Promise<void>, timeout: number): void;
  skip: BunTest;
}

interface HeapStats {
  readonly protectedObjectTypeCounts: Readonly<Record<string, number>>;
}

const { test }: { test: BunTest } = await import("bun:" + "test");
const { heapStats }: { heapStats: () => HeapStats } = await import(
  "bun:" + "jsc"
);

/** `bun:test`. */
export function register({ name, body, timeout, skip }: Registration): void {
  const checked = () =>
    withoutLeaks(openResources, () => withTimeout(timeout, body));
  // Bun's own limit is the last resort: it does not report leaks.
  (skip ? test.skip : test)(name, checked, timeout + 5_000);
}

/** Bun's `process.getActiveResourcesInfo()` is always empty; heap statistics are not. */
function openResources(): string[] {
  const timers = heapStats().protectedObjectTypeCounts.Timeout ?? 0;
  return [...Array<string>(timers).fill("timer"), ...ownFiles()];
}

/** Bun opens internal pipes at any time; ours always come with a child process. */
function ownFiles(): string[] {
  const files = openFiles();
  const children = files.some((file) => file.startsWith("child process"));
  return children ? files : files.filter((file) => !file.startsWith("pipe:"));
}
