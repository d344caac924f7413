import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";
import { type Digest, sha256 } from "../sha256.ts";
import { splitPath } from "./local_names.ts";
import { PartFile, removeFile } from "./part_file.ts";

/** The state of a file in a container. */
export interface RemoteState {
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** What an earlier copy has left here of a file. */
export interface LocalPart {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
}

/** What an earlier copy of a tree has left on this machine. */
export class LocalCopy {
  readonly #local: string;
  readonly #fs: typeof fs = builtin("node:fs");
  readonly #windows = builtin("node:process").platform === "win32";
  /** Whether a path is one of a directory, with no link on its way. */
  readonly #real = new Map<string, boolean>();
  /** The parts in each directory. */
  readonly #parts = new Map<string, readonly string[]>();

  /** @param local The copy's own path. */
  constructor(local: string) {
    const { resolve, sep } = builtin("node:path");
    const path = resolve(local);
    this.#local = sep === "/" ? path : path.replaceAll(sep, "/");
  }

  /**
   * What is here of a file: all, the longest part, or null for nothing. Its other
   * parts are removed.
   *
   * @param path Relative to the tree; empty for a tree that is one file.
   */
  find(
    path: string,
    { size, modified }: RemoteState,
  ): LocalPart | "all" | null {
    const { parts } = path === ""
      ? { parts: [] }
      : splitPath(path, { windows: this.#windows });
    if (parts === null || !this.#isReal(parts)) return null;
    const file = [this.#local, ...parts].join("/");
    const stats = this.#stat(file);
    if (
      stats?.isFile() && stats.size === size &&
      Math.floor(stats.mtimeMs / 1000) === modified
    ) return "all";
    const directory = file.slice(0, file.lastIndexOf("/") + 1);
    const names = this.#partsIn(directory);
    if (names.length === 0) return null;
    const prefix = PartFile.keptPrefix(file);
    const kept = PartFile.keptPrefix(file, { size, modified });
    let found: LocalPart | null = null;
    for (const name of names) {
      if (!name.startsWith(prefix)) continue;
      const part = directory + name;
      const state = this.#stat(part);
      const length = state?.size ?? 0;
      // Another link to it may have been made to be written to.
      const isOurs = state?.isFile() && state.nlink === 1;
      const isPart = name.startsWith(kept) && isOurs && length <= size;
      let useless: string | null = part;
      if (isPart && length > (found?.size ?? 0)) {
        useless = found?.file ?? null;
        found = { file: part, size: length };
      }
      if (useless === part && state?.isDirectory()) continue;
      if (useless !== null) removeFile(useless);
    }
    return found;
  }

  /** Whether only directories, no links, lead to a file. */
  #isReal(parts: readonly string[]): boolean {
    if (parts.length < 2) return true;
    const around = parts.slice(0, -1);
    const path = [this.#local, ...around].join("/");
    let isReal = this.#real.get(path);
    if (isReal === undefined) {
      isReal = this.#isReal(around) &&
        (this.#stat(path)?.isDirectory() ?? false);
      this.#real.set(path, isReal);
    }
    return isReal;
  }

  #partsIn(directory: string): readonly string[] {
    let parts = this.#parts.get(directory);
    if (parts === undefined) {
      try {
        parts = this.#fs.readdirSync(directory)
          .filter((name) => /^\.podwire-.*\.part$/.test(name));
      } catch {
        parts = []; // It is not there, or the copy will say what is wrong.
      }
      this.#parts.set(directory, parts);
    }
    return parts;
  }

  #stat(path: string): fs.Stats | null {
    try {
      const options = { throwIfNoEntry: false } as const;
      return this.#fs.lstatSync(path, options) ?? null;
    } catch {
      return null; // ENOTDIR, for example: the copy will say so.
    }
  }
}

const CHUNK = 256 * 1024;

/** Begins the digest of a file with its part on this machine. */
export async function digestOfPart(
  { file, size }: LocalPart,
): Promise<Digest> {
  const digest = sha256();
  const files = builtin("node:fs");
  const { O_RDONLY, O_NOFOLLOW = 0 } = files.constants;
  const descriptor = files.openSync(file, O_RDONLY | O_NOFOLLOW);
  try {
    const buffer = new Uint8Array(CHUNK);
    for (let at = 0; at < size;) {
      const length = Math.min(CHUNK, size - at);
      const count = await new Promise<number>((resolve, reject) =>
        files.read(
          descriptor,
          buffer,
          0,
          length,
          at,
          (error, count) => error ? reject(error) : resolve(count),
        )
      );
      if (count === 0) break;
      digest.update(buffer.subarray(0, count));
      at += count;
    }
  } finally {
    files.closeSync(descriptor);
  }
  return digest;
}
