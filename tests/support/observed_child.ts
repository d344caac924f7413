import type { ChildProcess } from "node:child_process";
import { observe, quotedEnd } from "../harness/observations.ts";

/** The last bytes that are kept of each output. */
const KEPT = 2_000;

/**
 * Shows a program in the message of the test's timeout: its arguments, its end,
 * and the last of its output, as far as that is piped. The timeout kills it.
 *
 * To be called before the event loop turns: it starts to read the output.
 */
export function observeChild<Child extends ChildProcess>(child: Child): Child {
  const outputs = new Map<string, string>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Uint8Array) => {
      const text = new TextDecoder().decode(chunk.subarray(-KEPT));
      outputs.set(name, ((outputs.get(name) ?? "") + text).slice(-KEPT));
    });
  }
  observe({
    describe: () =>
      [
        `${child.spawnargs.join(" ")} (process ${child.pid}) ${stateOf(child)}`,
        ...[...outputs].map(([name, text]) => `${name}: ${quotedEnd(text)}`),
      ].join("; "),
    stop: () => void child.kill("SIGKILL"),
  });
  return child;
}

function stateOf({ exitCode, signalCode }: ChildProcess): string {
  return exitCode === null && signalCode === null
    ? "still runs"
    : `ended with ${signalCode ?? exitCode}`;
}
