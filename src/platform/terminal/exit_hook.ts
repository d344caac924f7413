import { builtin } from "../builtin.ts";

/** The signals that end a process from outside, by number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type SignalName = keyof typeof SIGNALS;

/**
 * Calls back just before the process goes: at its exit, and at SIGHUP, SIGINT or
 * SIGTERM, with the exit code that shells give for it. A signal that nobody else
 * listens to then ends the process as if nobody had.
 *
 * Deno's own `Deno.exit` and an uncaught error there do not call back; Deno
 * itself sets the terminal right then.
 *
 * @returns How to stop listening.
 */
export function onDeparture(callback: (exitCode: number) => void): () => void {
  const process = builtin("node:process");
  const onExit = (code: number): void => callback(code);
  const listeners = names().map((name) => {
    // Deno before 2.7 does not name the signal.
    const listener = (): void => {
      stop();
      callback(128 + SIGNALS[name]);
      if (process.listenerCount(name) === 0) succumb(name);
    };
    return { name, listener };
  });
  const stop = (): void => {
    process.off("exit", onExit);
    for (const { name, listener } of listeners) process.off(name, listener);
  };
  process.on("exit", onExit);
  for (const { name, listener } of listeners) process.on(name, listener);
  return stop;
}

function names(): SignalName[] {
  return Object.keys(SIGNALS) as SignalName[];
}

/** Dies of the signal; Deno wants `--allow-run` for that. */
function succumb(name: SignalName): void {
  const process = builtin("node:process");
  try {
    process.kill(process.pid, name);
  } catch {
    process.exit(128 + SIGNALS[name]);
  }
}
