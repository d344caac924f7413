import type * as fs from "node:fs";
import { FileTransferError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import type { SkippedEntry } from "../copy_result.ts";
import type { TreeSource } from "../tree_entry.ts";
import { codeOf, localFailure } from "./local_failure.ts";
import { kindOfSpecial, LocalFile } from "./local_file.ts";
import { linkProblem } from "./local_names.ts";

/** Options of {@linkcode entriesOf}. */
export interface EntriesOptions {
  /** What it is for: "Cannot {action}: ...". */
  readonly action: string;
  /**
   * Symbolic links: `inside` keeps those that lead to a place in the directory
   * and skips the others, `skip` skips all, `error` fails where `inside` skips,
   * and `follow` takes what they lead to.
   *
   * @default {"inside"}
   */
  readonly symlinks?: "inside" | "skip" | "error" | "follow";
  /** Told of what is left out. */
  readonly onSkip?: (skipped: SkippedEntry) => void;
  /** For tests; that of this machine otherwise. */
  readonly windows?: boolean;
}

/** The permission bits, as in `chmod`; set-ID and sticky bits are left out. */
const MODES = 0o777;
/** Windows has none, and its runtimes give directories no right to enter them. */
const WINDOWS_MODES = { directory: 0o755, file: 0o644 };

/**
 * What is in a directory of this machine, the directory first as ".", or one file
 * of that name: every directory before what is in it, in the order of names. A
 * file is opened when its turn comes and closed before the next one.
 *
 * @throws {FileTransferError} `Denied` for what cannot be read, `NotFound` for a
 * directory that does not exist, `Changed` for a file that changes meanwhile,
 * `Unsafe` for a link with `symlinks: "error"`, and if all there is is a device, a
 * FIFO or a socket.
 */
export async function* entriesOf(
  directory: string,
  options: EntriesOptions,
): AsyncGenerator<TreeSource, void, undefined> {
  const walk = new Walk(directory, options);
  for (const found of walk.all()) {
    if (found.file === undefined) {
      yield found.source;
      continue;
    }
    const { path } = found.source;
    const follow = path === "." || options.symlinks === "follow";
    const file = LocalFile.open(found.file, path, options.action, follow);
    try {
      const { size, body } = file;
      yield { ...found.source, size, body };
    } finally {
      file.close();
    }
  }
}

/** How many files there are, and their bytes: a walk that opens none of them. */
export function sizeOfTree(
  directory: string,
  options: Omit<EntriesOptions, "onSkip">,
): { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  for (const { file, size } of new Walk(directory, options).all()) {
    if (file === undefined) continue;
    files++;
    bytes += size;
  }
  return { files, bytes };
}

/** An entry, for a file without its body. */
interface Found {
  readonly source: TreeSource;
  /** The local path of a file. */
  readonly file?: string;
  readonly size: number;
}

/**
 * What tells a directory from those around it. On Windows its path: the numbers
 * of files there have more bits than a number of JavaScript, and some runtimes
 * have none, so an inner directory would be taken for one around it.
 */
export function identityOf(
  { dev, ino }: Pick<fs.Stats, "dev" | "ino">,
  realPath: () => string,
  windows: boolean,
): string {
  return windows ? realPath() : `${dev}:${ino}`;
}

class Walk {
  readonly #root: string;
  readonly #options: EntriesOptions;
  readonly #fs: typeof fs = builtin("node:fs");
  /** The directories around the current one, to end a circle of links. */
  readonly #around: string[] = [];
  readonly #windows: boolean;

  constructor(root: string, options: EntriesOptions) {
    const windows = options.windows ??
      builtin("node:process").platform === "win32";
    this.#windows = windows;
    this.#root = root;
    this.#options = options;
  }

  /** The root, which may be a link itself, and all below it. */
  *all(): Generator<Found, void, undefined> {
    const stats = this.#read(
      this.#root,
      () => this.#fs.statSync(this.#root),
    );
    yield* this.#entry([], stats);
  }

  *#entry(
    parts: readonly string[],
    stats: fs.Stats,
  ): Generator<Found, void, undefined> {
    const path = parts.length === 0 ? "." : parts.join("/");
    const mode = this.#windows
      ? WINDOWS_MODES[stats.isDirectory() ? "directory" : "file"]
      : stats.mode & MODES;
    const { mtime: modified } = stats;
    if (stats.isDirectory()) {
      yield {
        source: { path, type: "directory", mode, modified },
        size: 0,
      };
      yield* this.#children(parts, stats);
    } else if (stats.isSymbolicLink()) yield* this.#link(parts, stats);
    else if (stats.isFile()) {
      const { size } = stats;
      yield {
        source: { path, type: "file", mode, modified },
        file: this.#local(parts),
        size,
      };
    } else {
      const state = `a ${kindOfSpecial(stats)}, which is neither file nor link`;
      if (parts.length > 0) return this.#skip(path, state);
      throw new FileTransferError(
        `Cannot ${this.#options.action}: ${JSON.stringify(this.#root)} is ` +
          state,
        { path: this.#root, reason: "Unsafe" },
      );
    }
  }

  *#children(
    parts: readonly string[],
    stats: fs.Stats,
  ): Generator<Found, void, undefined> {
    const local = this.#local(parts);
    const identity = identityOf(
      stats,
      () => this.#read(local, () => this.#fs.realpathSync(local)),
      this.#windows,
    );
    if (this.#around.includes(identity)) {
      return this.#skip(parts.join("/"), "a link to a directory around it");
    }
    const names = this.#read(local, () => this.#fs.readdirSync(local));
    this.#around.push(identity);
    for (const name of names.sort()) {
      const inner = [...parts, name];
      const entry = this.#stat(inner);
      if (entry !== null) yield* this.#entry(inner, entry);
    }
    this.#around.pop();
  }

  /** Null for a name that cannot be asked for. */
  #stat(parts: readonly string[]): fs.Stats | null {
    const local = this.#local(parts);
    const options = { throwIfNoEntry: false } as const;
    const stats = this.#read(
      local,
      () => this.#fs.lstatSync(local, options),
    );
    if (stats !== undefined) return stats;
    const path = parts.join("/");
    if (!path.includes("\ufffd")) throw this.#changed(path);
    this.#skip(path, "a name that is not UTF-8");
    return null;
  }

  *#link(
    parts: readonly string[],
    stats: fs.Stats,
  ): Generator<Found, void, undefined> {
    const { symlinks = "inside", action } = this.#options;
    const path = parts.join("/");
    if (symlinks === "skip") return this.#skip(path, "a symbolic link");
    const local = this.#local(parts);
    if (symlinks === "follow") {
      const options = { throwIfNoEntry: false } as const;
      const target = this.#followed(local, options);
      if (target === undefined) {
        return this.#skip(path, "a symbolic link that leads nowhere");
      }
      return yield* this.#entry(parts, target);
    }
    const written = this.#read(local, () => this.#fs.readlinkSync(local));
    const linkTarget = this.#windows ? written.replaceAll("\\", "/") : written;
    const rules = { windows: this.#windows };
    const problem = linkProblem(parts, linkTarget, rules);
    if (problem === null) {
      const { mtime: modified } = stats;
      const source = { path, type: "symlink", linkTarget, modified } as const;
      return yield { source, size: 0 };
    }
    if (symlinks !== "error") return this.#skip(path, problem);
    throw new FileTransferError(
      `Cannot ${action}: ${JSON.stringify(local)} is ${problem}, to ` +
        JSON.stringify(linkTarget),
      { path: local, reason: "Unsafe" },
    );
  }

  #followed(
    local: string,
    options: { readonly throwIfNoEntry: false },
  ): fs.Stats | undefined {
    try {
      return this.#fs.statSync(local, options);
    } catch (error) {
      // A circle of links, or one through a file.
      if (/^(ELOOP|ENOTDIR)$/.test(codeOf(error) ?? "")) return undefined;
      throw localFailure(error, this.#options.action, local);
    }
  }

  #read<T>(local: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw localFailure(error, this.#options.action, local);
    }
  }

  #changed(path: string): FileTransferError {
    return new FileTransferError(
      `Cannot ${this.#options.action}: ${JSON.stringify(path)} was removed ` +
        "while its directory was read",
      { path, reason: "Changed" },
    );
  }

  #skip(path: string, reason: string): void {
    this.#options.onSkip?.({ path, reason });
  }

  #local(parts: readonly string[]): string {
    if (parts.length === 0) return this.#root;
    const end = this.#windows ? /[/\\]+$/ : /\/+$/;
    return `${this.#root.replace(end, "")}/${parts.join("/")}`;
  }
}
