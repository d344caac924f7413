import ourProcess from "node:process";
import type { SignalProcess } from "../platform/terminal/signals.ts";

/** The exit codes of a shell for a program that the signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type SignalName = keyof typeof EXIT_CODES;

/**
 * Runs `body`; a signal to this process aborts it, so that it can remove what it
 * has begun.
 *
 * @param names The signals; defaults to SIGINT.
 * @param process What gets them; tests replace it.
 * @returns The exit code: that of a shell for the signal, if one came.
 */
export async function untilInterrupted(
  body: (signal: AbortSignal) => Promise<number>,
  names: readonly SignalName[] = ["SIGINT"],
  process: Pick<SignalProcess, "on" | "off" | "exit"> = ourProcess,
): Promise<number> {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stops = names.map((name) => {
    const interrupt = (): void => {
      // A second one ends the program at once.
      if (exitCode !== null) process.exit(EXIT_CODES[name]);
      exitCode = EXIT_CODES[name];
      controller.abort();
    };
    // Not `once`, which leaves no listener at the time of the signal: a terminal
    // in raw mode would take that as a signal that nobody else handles.
    process.on(name, interrupt);
    return () => process.off(name, interrupt);
  });
  try {
    return await body(controller.signal);
  } catch (error) {
    if (exitCode !== null) return exitCode;
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}
