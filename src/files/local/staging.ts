import type * as fs from "node:fs";
import { FileTransferError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import { codeOf, localFailure } from "./local_failure.ts";
import { kindOfSpecial } from "./local_file.ts";
import { PartFile, removeFile } from "./part_file.ts";
import { rename } from "./rename.ts";

/** Is told of what was staged and is left out. */
export type OnLeftOut = (
  path: string,
  reason: string,
  stats: fs.Stats,
) => void;

/**
 * A directory in which a copy is made, on the file system of its final place,
 * until all of it has come and is checked.
 */
export class Staging {
  /** Where the copy is made; nobody else has a file there. */
  readonly directory: string;
  /** The final directory, or that of a file. */
  readonly root: string;
  /** Whether the final directory does not exist yet. */
  readonly isNew: boolean;
  readonly #fs: typeof fs = builtin("node:fs");
  /** The directories that were made for it, outer ones first. */
  readonly #made: readonly string[];

  /**
   * @param target The final path of a directory, or of a file.
   * @param action What it is for: "Cannot {action}: ...".
   * @throws {FileTransferError} Something else has the name, or it cannot be
   * made.
   */
  constructor(target: string, isFile: boolean, action: string) {
    const { dirname, resolve } = builtin("node:path");
    const path = resolve(target);
    const existing = checkPlace(target, isFile, action);
    try {
      this.isNew = !isFile && existing === null;
      const outer = isFile || this.isNew ? dirname(path) : path;
      this.#made = this.#makeAll(outer);
      // The caller's own directory may be a link: it is followed once.
      const real = slashed(this.#fs.realpathSync(outer));
      const name = slashed(path).slice(slashed(path).lastIndexOf("/"));
      this.root = this.isNew ? real + name : real;
      this.directory = PartFile.nameBeside(`${real}/`);
      this.#fs.mkdirSync(this.directory, { mode: 0o700 });
    } catch (error) {
      throw localFailure(error, action, target);
    }
  }

  /**
   * Moves what was staged to its final place. A directory is merged with one that
   * exists, never with what a symbolic link leads to.
   *
   * @param overwrite Whether to replace files that exist.
   * @returns The paths of the directories that were there before.
   */
  move(overwrite: boolean, onLeftOut: OnLeftOut): ReadonlySet<string> {
    const existing = new Set<string>();
    if (this.isNew && this.#moveAll()) return existing;
    if (this.isNew) existing.add("");
    this.#merge("", { overwrite, onLeftOut, existing });
    return existing;
  }

  /** False if a directory has come to the final place meanwhile. */
  #moveAll(): boolean {
    try {
      rename(this.directory, this.root);
      return true;
    } catch (error) {
      if (this.#stat(this.root)?.isDirectory()) return false;
      throw error;
    }
  }

  /**
   * Removes what is still staged.
   *
   * @param succeeded Otherwise also the directories that were made for it.
   */
  close(succeeded: boolean): void {
    this.#fs.rmSync(this.directory, { recursive: true, force: true });
    if (succeeded) return;
    for (const directory of [...this.#made].reverse()) {
      try {
        this.#fs.rmdirSync(directory);
      } catch {
        return; // Something else is in it by now.
      }
    }
  }

  #merge(path: string, how: Merge): void {
    const below = path === "" ? "" : `${path}/`;
    const names = this.#fs.readdirSync(`${this.directory}/${path}`);
    for (const name of names.sort()) this.#mergeEntry(below + name, how);
  }

  #mergeEntry(path: string, how: Merge): void {
    const staged = this.#fs.lstatSync(`${this.directory}/${path}`);
    const existing = this.#stat(`${this.root}/${path}`);
    if (existing === null) return this.#move(path, staged, how);
    if (!staged.isDirectory()) {
      const special = kindOfSpecial(existing);
      const isReplaced = !existing.isDirectory() && special === null;
      if (isReplaced && how.overwrite) return this.#move(path, staged, how);
      const reason = existing.isDirectory()
        ? "a directory has its name"
        : special !== null
        ? `a ${special} has its name`
        : "it exists";
      return how.onLeftOut(path, reason, staged);
    }
    how.existing.add(path);
    if (existing.isDirectory()) return this.#merge(path, how);
    const kind = existing.isSymbolicLink()
      ? "is a symbolic link"
      : "is not a directory";
    this.#leaveOut(path, staged, `${JSON.stringify(path)} ${kind}`, how);
  }

  /** Leaves out an entry and all below it. */
  #leaveOut(path: string, staged: fs.Stats, reason: string, how: Merge): void {
    how.onLeftOut(path, reason, staged);
    if (!staged.isDirectory()) return;
    how.existing.add(path);
    const names = this.#fs.readdirSync(`${this.directory}/${path}`);
    for (const name of names.sort()) {
      const inner = `${path}/${name}`;
      const stats = this.#fs.lstatSync(`${this.directory}/${inner}`);
      this.#leaveOut(inner, stats, reason, how);
    }
  }

  /** Moves what nothing, or nothing that counts, has the name of. */
  #move(path: string, staged: fs.Stats, how: Merge): void {
    const from = `${this.directory}/${path}`;
    const to = `${this.root}/${path}`;
    try {
      rename(from, to);
    } catch (error) {
      // A directory of the final place may be on another file system.
      if (codeOf(error) !== "EXDEV") throw error;
      if (!staged.isDirectory()) return moveByCopy(from, to);
      this.#fs.mkdirSync(to, { mode: 0o700 });
      this.#merge(path, how);
    }
  }

  /** Makes a directory and those around it; returns those that were made. */
  #makeAll(directory: string): string[] {
    const { dirname } = builtin("node:path");
    const missing: string[] = [];
    for (
      let path = directory;
      followed(path) === null && dirname(path) !== path;
      path = dirname(path)
    ) missing.unshift(path);
    this.#fs.mkdirSync(directory, { recursive: true });
    return missing;
  }

  #stat(path: string): fs.Stats | null {
    const options = { throwIfNoEntry: false } as const;
    return this.#fs.lstatSync(path, options) ?? null;
  }
}

/**
 * Looks at what has the name of a copy; a link is followed.
 *
 * @returns Null if nothing has.
 * @throws {FileTransferError} It cannot be replaced or merged with: what is at
 * `/dev/stdout` is not a file that a copy may take the place of.
 */
export function checkPlace(
  target: string,
  isFile: boolean,
  action: string,
): fs.Stats | null {
  const refuse = (
    reason: "NotDirectory" | "IsDirectory" | "Exists",
    state: string,
  ) =>
    new FileTransferError(
      `Cannot ${action}: ${JSON.stringify(target)} is ${state}`,
      { path: target, reason },
    );
  let existing: fs.Stats | null;
  try {
    existing = followed(builtin("node:path").resolve(target));
  } catch (error) {
    throw localFailure(error, action, target);
  }
  if (existing === null) return null;
  if (!isFile && !existing.isDirectory()) {
    throw refuse("NotDirectory", "not a directory");
  }
  if (isFile && existing.isDirectory()) {
    throw refuse("IsDirectory", "a directory on this machine");
  }
  const special = kindOfSpecial(existing);
  if (special === null) return existing;
  throw refuse("Exists", `a ${special}, which is not replaced`);
}

/** Moves a file or a link to another file system, where it appears as a whole. */
export function moveByCopy(from: string, to: string): void {
  const files = builtin("node:fs");
  const stats = files.lstatSync(from);
  const part = PartFile.nameBeside(to);
  try {
    if (stats.isSymbolicLink()) {
      files.symlinkSync(files.readlinkSync(from), part);
    } else {
      files.copyFileSync(from, part, files.constants.COPYFILE_EXCL);
      files.utimesSync(part, stats.atime, stats.mtime);
      files.chmodSync(part, stats.mode & 0o777);
    }
    rename(part, to);
  } catch (error) {
    removeFile(part);
    throw error;
  }
  removeFile(from);
}

/** What has a name, or what a link of that name leads to. */
function followed(path: string): fs.Stats | null {
  try {
    return builtin("node:fs").statSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Opens a directory of this machine, which is made if it does not exist.
 *
 * @throws {FileTransferError} It is none, or cannot be made.
 */
export function openDirectory(
  directory: string,
  action: string,
): { readonly path: string; readonly isNew: boolean } {
  const files = builtin("node:fs");
  try {
    const made = files.mkdirSync(directory, { recursive: true });
    const path = slashed(files.realpathSync(directory));
    return { path, isNew: made !== undefined };
  } catch (cause) {
    const failure = localFailure(cause, action, directory);
    if (!/^(EEXIST|ENOTDIR)$/.test(codeOf(cause) ?? "")) throw failure;
    throw new FileTransferError(
      `Cannot ${action}: ${JSON.stringify(directory)} is not a directory`,
      { path: directory, reason: "NotDirectory", cause },
    );
  }
}

/** How things are merged, and what is noted meanwhile. */
interface Merge {
  readonly overwrite: boolean;
  readonly onLeftOut: OnLeftOut;
  /** The directories that are not those that were staged. */
  readonly existing: Set<string>;
}

/** A local path with slashes, none at its end. */
function slashed(path: string): string {
  const { sep } = builtin("node:path");
  return path.replaceAll(sep, "/").replace(/\/+$/, "");
}
