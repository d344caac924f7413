import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";

interface MadeDirectory {
  readonly mode: number;
  readonly modified: Date;
}

/** How a {@linkcode DirectoryChain} treats what is there. */
export interface ChainOptions {
  /** Whether the root was made for what is in it. */
  readonly isNew: boolean;
  /** Whether a directory that exists gets its entry's mode and time, too. */
  readonly adopts: boolean;
  /** Whether directories have permission bits, as everywhere but on Windows. */
  readonly hasModes: boolean;
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

  readonly #adopts: boolean;
  readonly #hasModes: boolean;

  constructor(root: string, how: ChainOptions) {
    this.#root = root;
    this.#adopts = how.adopts;
    this.#hasModes = how.hasModes;
    if (how.isNew) this.#made.set("", { mode: 0o755, modified: new Date() });
  }

  /** The local path of an entry. */
  local(parts: readonly string[]): string {
    return `${this.#root}/${parts.join("/")}`;
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
      if (existing === null) {
        this.#fs.mkdirSync(this.local(parts), { mode: WRITABLE });
        // What a directory gets that no entry is of.
        this.#made.set(path, { mode: 0o755, modified: new Date() });
      } else if (!existing.isDirectory()) {
        const kind = existing.isSymbolicLink()
          ? "is a symbolic link"
          : "is not a directory";
        return `${JSON.stringify(path)} ${kind}`;
      } else if (this.#adopts && this.#isLocked(existing)) {
        const mode = existing.mode & KEPT_MODES | WRITABLE;
        this.#fs.chmodSync(this.local(parts), mode);
        const { mtime: modified } = existing;
        this.#made.set(path, { mode: existing.mode, modified });
      }
      this.#checked.add(path);
    }
    const isOurs = this.#made.has(path) || this.#adopts && path !== "";
    if (entry !== undefined && isOurs) {
      const { mode, modified } = entry;
      this.#made.set(path, { mode, modified });
    }
    return null;
  }

  #isLocked({ mode }: fs.Stats): boolean {
    return this.#hasModes && (mode & WRITABLE) !== WRITABLE;
  }

  /**
   * Gives the directories that were made their modes and times.
   *
   * @param root Where they are by now.
   * @param others The paths of directories that are not ours there.
   */
  finish(
    root: string = this.#root,
    others: ReadonlySet<string> = new Set(),
  ): void {
    // Inner ones first: their end changes the time of the outer one.
    const made = [...this.#made].reverse();
    this.#made.clear();
    for (const [path, { mode, modified }] of made) {
      if (others.has(path)) continue;
      const local = path === "" ? root : `${root}/${path}`;
      try {
        // Both follow a link, which another process may have put there.
        if (!this.#fs.lstatSync(local).isDirectory()) continue;
        this.#fs.utimesSync(local, modified, modified);
        if (this.#hasModes) this.#fs.chmodSync(local, mode & KEPT_MODES);
      } catch {
        // It was removed meanwhile, or the system has no modes.
      }
    }
  }
}
