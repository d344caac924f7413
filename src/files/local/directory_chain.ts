import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";

interface MadeDirectory {
  readonly local: string;
  readonly mode: number;
  readonly modified: Date;
}

/** Until all is in it: its own mode may forbid us to write to it. */
const WRITABLE = 0o700;
/** The bits of a mode that are kept: set-ID and sticky bits are dropped. */
const KEPT_MODES = 0o777;

/**
 * The directories below a root, none of which is a symbolic link: each is made
 * here, or looked at before anything is written below it.
 */
export class DirectoryChain {
  readonly #root: string;
  readonly #fs: typeof fs = builtin("node:fs");
  /** By path relative to the root: they stay directories, as none is replaced. */
  readonly #checked = new Set<string>([""]);
  readonly #made = new Map<string, MadeDirectory>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The local path of an entry. */
  local(parts: readonly string[]): string {
    return parts.length === 0
      ? `${this.#root}/`
      : `${this.#root}/${parts.join("/")}`;
  }

  /** What has the name, links not followed; null if nothing has. */
  stat(parts: readonly string[]): fs.Stats | null {
    const options = { throwIfNoEntry: false } as const;
    return this.#fs.lstatSync(this.local(parts), options) ?? null;
  }

  /** Whether a path leads through directories only, and to one. */
  isReal(parts: readonly string[]): boolean {
    if (this.#checked.has(parts.join("/"))) return true;
    for (let count = 1; count <= parts.length; count++) {
      if (!this.stat(parts.slice(0, count))?.isDirectory()) return false;
    }
    return true;
  }

  /**
   * Makes a directory and those above it where they do not exist.
   *
   * @param entry What it gets at the end, if it is made here.
   * @returns A problem, if something else has one of the names.
   */
  enter(
    parts: readonly string[],
    entry?: { readonly mode: number; readonly modified: Date },
  ): string | null {
    const path = parts.join("/");
    if (!this.#checked.has(path)) {
      const blocked = this.enter(parts.slice(0, -1));
      if (blocked !== null) return blocked;
      const existing = this.stat(parts);
      if (existing === null) this.#make(path, parts);
      else if (!existing.isDirectory()) {
        const kind = existing.isSymbolicLink()
          ? "is a symbolic link"
          : "is not a directory";
        return `${JSON.stringify(path)} ${kind}`;
      }
      this.#checked.add(path);
    }
    const made = this.#made.get(path);
    if (entry !== undefined && made !== undefined) {
      const { mode, modified } = entry;
      this.#made.set(path, { local: made.local, mode, modified });
    }
    return null;
  }

  /** Gives the directories that were made their modes and times. */
  finish(): void {
    // Inner ones first: their end changes the time of the outer one.
    const made = [...this.#made.values()].reverse();
    this.#made.clear();
    for (const { local, mode, modified } of made) {
      try {
        this.#fs.utimesSync(local, modified, modified);
        this.#fs.chmodSync(local, mode & KEPT_MODES);
      } catch {
        // It was removed meanwhile, or the system has no modes.
      }
    }
  }

  #make(path: string, parts: readonly string[]): void {
    const local = this.local(parts);
    this.#fs.mkdirSync(local, { mode: WRITABLE });
    // What a directory gets that no entry is of.
    this.#made.set(path, { local, mode: 0o755, modified: new Date() });
  }
}
