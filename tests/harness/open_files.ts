import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What tests open. Runtimes open other files internally at any time. */
const OPENED_BY_TESTS = /^(socket|pipe):|pidfd|^\/dev\/(ptmx|pts)/;

/**
 * The open sockets, pipes, terminals and child processes of this process as
 * Linux lists them, unref'd or not. Empty on other systems.
 */
export function openFiles(): string[] {
  return [...descriptors(), ...children()];
}

function descriptors(): string[] {
  return list("/proc/self/fd").flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return OPENED_BY_TESTS.test(target) ? [target] : [];
    } catch {
      return []; // Already closed, like the descriptor that lists the directory.
    }
  });
}

function children(): string[] {
  return list("/proc/self/task").flatMap((thread) => {
    try {
      const path = `/proc/self/task/${thread}/children`;
      const pids = readFileSync(path, "utf8").split(" ").filter(Boolean);
      return pids.map((pid) => `child process ${pid}`);
    } catch {
      return []; // The thread has ended.
    }
  });
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
