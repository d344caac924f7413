import { builtin } from "../builtin.ts";

/** The numbers of the signals that end a process from outside. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type SignalName = keyof typeof SIGNALS;

/**
 * Calls back just before the process ends: at its exit, and at SIGHUP, SIGINT or
 * SIGTERM, with the exit code that shells report. A signal without another
 * listener then ends the process by its default action.
 *
 * `Deno.exit` and uncaught errors on Deno do not call back; Deno restores the
 * terminal itself then.
 *
 * @returns A function that stops listening.
 */
export function onExit(callback: (exitCode: number) => void): () => void {
  const process = builtin("node:process");
  const exitListener = (code: number): void => callback(code);
  const listeners = (Object.keys(SIGNALS) as SignalName[]).map((name) => {
    // Deno before 2.7 does not pass the signal's name.
    const listener = (): void => {
      stop();
      callback(128 + SIGNALS[name]);
      if (process.listenerCount(name) === 0) killSelf(name);
    };
    return { name, listener };
  });
  const stop = (): void => {
    process.off("exit", exitListener);
    for (const { name, listener } of listeners) process.off(name, listener);
  };
  process.on("exit", exitListener);
  for (const { name, listener } of listeners) process.on(name, listener);
  return stop;
}

/** Ends the process by the signal's default action. */
function killSelf(name: SignalName): void {
  const process = builtin("node:process");
  try {
    process.kill(process.pid, name);
  } catch {
    // Deno requires --allow-run to send a signal.
    process.exit(128 + SIGNALS[name]);
  }
}
