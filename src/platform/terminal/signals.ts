import { builtin } from "../builtin.ts";

/**
 * The numbers of the signals that end a process from outside, SIGBREAK on
 * Windows only: Ctrl-Break, which raw mode does not turn into a key.
 */
const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGTERM: 15,
  SIGBREAK: 21,
} as const;

type SignalName = keyof typeof SIGNALS;

/** What listens to signals; tests replace it. */
export type SignalProcess = Pick<
  NodeJS.Process,
  "platform" | "pid" | "on" | "off" | "emit" | "listenerCount" | "kill" | "exit"
>;

/**
 * Calls back just before the process ends: at its exit, and at SIGHUP, SIGINT,
 * SIGQUIT or SIGTERM, with the exit code that shells report. A signal without
 * another listener then ends the process by its default action. Windows has no
 * SIGQUIT, but SIGBREAK, and SIGHUP when the console is closed; Deno has only
 * SIGINT and SIGBREAK there.
 *
 * `Deno.exit` and uncaught errors on Deno do not call back; Deno restores the
 * terminal itself then.
 *
 * @returns A function that stops listening.
 */
export function onExit(
  callback: (exitCode: number) => void,
  process: SignalProcess = builtin("node:process"),
): () => void {
  const exitListener = (code: number): void => callback(code);
  const listeners = signalNames(process).map((name) => {
    // Deno before 2.7 does not pass the signal's name.
    const listener = (): void => {
      stop();
      callback(128 + SIGNALS[name]);
      if (process.listenerCount(name) === 0) killSelf(name, process);
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

/** Deno throws for a signal that the system does not have. */
function signalNames({ platform }: SignalProcess): SignalName[] {
  const missing = platform === "win32" ? "SIGQUIT" : "SIGBREAK";
  return (Object.keys(SIGNALS) as SignalName[])
    .filter((name) => name !== missing);
}

/** Ends the process by the signal's default action, or as a shell reports it. */
function killSelf(name: SignalName, process: SignalProcess): void {
  const exitCode = 128 + SIGNALS[name];
  // There `kill` ends the process with another code, or refuses the signal.
  if (process.platform === "win32") process.exit(exitCode);
  try {
    process.kill(process.pid, name);
  } catch {
    // Deno requires --allow-run to send a signal.
    process.exit(exitCode);
  }
}

/**
 * Calls `suspend` before SIGTSTP stops the process, and `resume` at SIGCONT.
 *
 * @returns A function that stops listening.
 */
export function onSuspend(
  suspend: () => void,
  resume: () => void,
  process: SignalProcess = builtin("node:process"),
): () => void {
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
