import { readFileSync } from "node:fs";
import { openFiles } from "../../harness/open_files.ts";

/**
 * {@linkcode openFiles} without local socket pairs: a runtime under load opens
 * some internally, and keeps them.
 */
export function connections(): string[] {
  const local = new Set(localSockets());
  return openFiles().filter((file) => !local.has(file));
}

/** From the seventh field of proc(5)'s net/unix. */
function localSockets(): string[] {
  const [, ...lines] = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.map((line) => `socket:[${line.trim().split(/\s+/)[6]}]`);
}
