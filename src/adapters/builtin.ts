import type * as childProcess from "node:child_process";
import type * as crypto from "node:crypto";
import type * as net from "node:net";
import type process from "node:process";
import type * as stream from "node:stream";
import type * as timers from "node:timers";
import type * as tls from "node:tls";
import type * as tty from "node:tty";

/** The Node modules that adapters use; Deno and Bun have them too. */
interface Builtins {
  "node:child_process": typeof childProcess;
  "node:crypto": typeof crypto;
  "node:net": typeof net;
  "node:process": typeof process;
  "node:stream": typeof stream;
  "node:timers": typeof timers;
  "node:tls": typeof tls;
  "node:tty": typeof tty;
}

const loaded = new Map<string, unknown>();

/**
 * A module of the runtime, reached without an import: the package has to
 * bundle for browsers, where a `node:` import fails even if it never runs.
 */
export function builtin<Name extends keyof Builtins>(
  name: Name,
): Builtins[Name] {
  let module = loaded.get(name);
  if (module === undefined) {
    const process = Reflect.get(globalThis, "process") as {
      getBuiltinModule(name: string): unknown;
    };
    module = process.getBuiltinModule(name);
    loaded.set(name, module);
  }
  return module as Builtins[Name];
}

/** In how many steps a {@linkcode lazyTimer} goes. */
const STEPS = 4;

/**
 * A timer that does not keep the process alive, as a function to cancel it.
 *
 * It goes in steps: when a process was held up, timers run before sockets do.
 * A hold-up takes one step of what others were given, and never all of it.
 */
export function lazyTimer(milliseconds: number, run: () => void): () => void {
  const { setTimeout, clearTimeout } = builtin("node:timers");
  let left = STEPS;
  const step = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      if (--left === 0) run();
      else if (left > 0) timer = step();
    }, milliseconds / STEPS).unref();
  let timer = step();
  return () => {
    // Deno 2.5 may run a timer that was cleared when it was due already.
    left = 0;
    clearTimeout(timer);
  };
}
