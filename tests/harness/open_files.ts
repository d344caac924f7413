import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What a test may open; a runtime opens other files for itself at any time. */
const OPENED_BY_TESTS = /^(socket|pipe):|pidfd|^\/dev\/(ptmx|pts)/;

/**
 * The sockets, pipes, terminals and child processes of this process, as Linux
 * sees them, unref'd or not. Empty on other systems.
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
      return []; // Closed meanwhile, as the one that lists the directory is.
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
