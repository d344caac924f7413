import type { Host } from "../../src/adapters/host.ts";

/** A machine made of an environment and files, both of which may change. */
export class FakeHost implements Host {
  readonly pathDelimiter: string;
  readonly variables: Record<string, string>;
  readonly files: Record<string, string>;
  readonly #home: string | undefined;

  constructor(machine: {
    env?: Record<string, string>;
    files?: Record<string, string>;
    home?: string;
    pathDelimiter?: string;
  } = {}) {
    this.variables = machine.env ?? {};
    this.files = machine.files ?? {};
    this.#home = machine.home;
    this.pathDelimiter = machine.pathDelimiter ?? ":";
  }

  env(name: string): string | undefined {
    return this.variables[name];
  }

  readTextFile(path: string): Promise<string> {
    const text = this.files[path];
    if (text !== undefined) return Promise.resolve(text);
    const missing = new Error(`no such file: ${path}`);
    return Promise.reject(Object.assign(missing, { code: "ENOENT" }));
  }

  homeDirectory(): string | undefined {
    return this.#home;
  }
}
