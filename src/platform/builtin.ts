import type * as buffer from "node:buffer";
import type * as childProcess from "node:child_process";
import type * as crypto from "node:crypto";
import type * as fs from "node:fs";
import type * as net from "node:net";
import type * as os from "node:os";
import type * as path from "node:path";
import type process from "node:process";
import type * as stream from "node:stream";
import type * as timers from "node:timers";
import type * as tls from "node:tls";
import type * as tty from "node:tty";
import type * as url from "node:url";

/** The Node modules in use; Deno and Bun have them too. */
interface Builtins {
  "node:buffer": typeof buffer;
  "node:child_process": typeof childProcess;
  "node:crypto": typeof crypto;
  "node:fs": typeof fs;
  "node:net": typeof net;
  "node:os": typeof os;
  "node:path": typeof path;
  "node:process": typeof process;
  "node:stream": typeof stream;
  "node:timers": typeof timers;
  "node:tls": typeof tls;
  "node:tty": typeof tty;
  "node:url": typeof url;
}

const loaded = new Map<string, unknown>();

/**
 * Loads a built-in module without an import: the package must bundle for
 * browsers, where a `node:` import fails even if it never runs.
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
