import { readFileSync } from "node:fs";
import { openFiles } from "../../harness/open_files.ts";

/**
 * What {@linkcode openFiles} gives but for local pairs of sockets: a runtime
 * that is under load opens some for itself, and keeps them.
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
