/** What finding a configuration needs from the machine. */
export interface Host {
  /** The environment variable, undefined when it is not set. */
  env(name: string): string | undefined;
  /** The file as UTF-8; rejects with an error of code `ENOENT` when there is none. */
  readTextFile(path: string): Promise<string>;
  /** The user's home directory, undefined when unknown. */
  homeDirectory(): string | undefined;
  /** What stands between the paths of a list: `;` on Windows, else `:`. */
  readonly pathDelimiter: string;
}

interface FileSystem {
  readFile(path: string, encoding: "utf8"): Promise<string>;
}

interface Process {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/**
 * The machine this runs on; null in a browser or worker, which have neither
 * files nor environment.
 */
export function hostOf(): Host | null {
  // Deno has a `process` too; its `getBuiltinModule` asks for no permission
  // until a file is read or a variable looked up.
  const process = Reflect.get(globalThis, "process") as Process | undefined;
  const builtin = process?.getBuiltinModule?.("node:fs/promises");
  if (!process || !builtin) return null;
  const files = builtin as FileSystem;
  const env = (name: string) => process.env[name] || undefined;
  return {
    env,
    readTextFile: (path) => files.readFile(path, "utf8"),
    homeDirectory: () => env("HOME") ?? env("USERPROFILE"),
    pathDelimiter: process.platform === "win32" ? ";" : ":",
  };
}
