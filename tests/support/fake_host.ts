import type { Host } from "../../src/adapters/host.ts";
import { type Bytes, encodeText } from "../../src/bytes.ts";

/** A machine made of an environment and files, both of which may change. */
export class FakeHost implements Host {
  readonly windows: boolean;
  readonly variables: Record<string, string>;
  readonly files: Record<string, string | Bytes>;
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];

  constructor(machine: {
    env?: Record<string, string>;
    files?: Record<string, string | Bytes>;
    windows?: boolean;
  } = {}) {
    this.variables = machine.env ?? {};
    this.files = machine.files ?? {};
    this.windows = machine.windows ?? false;
  }

  env(name: string): string | undefined {
    return this.variables[name] || undefined;
  }

  readFile(path: string): Promise<Bytes> {
    this.asked.push(path);
    const file = this.files[path];
    if (file !== undefined) {
      return Promise.resolve(
        typeof file === "string" ? encodeText(file) : file,
      );
    }
    const missing = new Error(`no such file: ${path}`);
    return Promise.reject(Object.assign(missing, { code: "ENOENT" }));
  }
}
