import { builtin } from "../builtin.ts";

/** The numbers of the signals that end a process from outside. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

type SignalName = keyof typeof SIGNALS;

/**
 * Calls back just before the process ends: at its exit, and at SIGHUP, SIGINT,
 * SIGQUIT or SIGTERM, with the exit code that shells report. A signal without
 * another listener then ends the process by its default action.
 *
 * `Deno.exit` and uncaught errors on Deno do not call back; Deno restores the
 * terminal itself then.
 *
 * @returns A function that stops listening.
 */
export function onExit(callback: (exitCode: number) => void): () => void {
  const process = builtin("node:process");
  const exitListener = (code: number): void => callback(code);
  const listeners = signalNames().map((name) => {
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

/** Windows has no SIGQUIT, and Deno throws for a signal that does not exist. */
function signalNames(): SignalName[] {
  const isWindows = builtin("node:process").platform === "win32";
  return (Object.keys(SIGNALS) as SignalName[])
    .filter((name) => !(isWindows && name === "SIGQUIT"));
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

/**
 * Calls `suspend` before SIGTSTP stops the process, and `resume` at SIGCONT.
 *
 * @returns A function that stops listening.
 */
export function onSuspend(suspend: () => void, resume: () => void): () => void {
  const process = builtin("node:process");
  if (process.platform === "win32") return () => {};
  const onStop = (): void => {
    suspend();
    try {
      // A listener replaces the default action of SIGTSTP, but not of SIGSTOP.
      process.kill(process.pid, "SIGSTOP");
    } catch {
      // Deno requires --allow-run to send a signal.
      resume();
    }
  };
  const onContinue = (): void => {
    resume();
    // A background process gets no SIGWINCH.
    process.emit("SIGWINCH", "SIGWINCH");
  };
  process.on("SIGTSTP", onStop);
  process.on("SIGCONT", onContinue);
  return () => {
    process.off("SIGTSTP", onStop);
    process.off("SIGCONT", onContinue);
  };
}
