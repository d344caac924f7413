import type * as fs from "node:fs";
import { FileTransferError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import { isArchiveEntry, piecesOf } from "../archive/archive_entry.ts";
import { type CopyResult, SkippedEntries } from "../copy_result.ts";
import type { TransferProgress } from "../progress.ts";
import type { TreeEntry } from "../tree_entry.ts";
import { DirectoryChain } from "./directory_chain.ts";
import {
  codeOf,
  isLinkRefused,
  isNameRefused,
  localFailure,
} from "./local_failure.ts";
import type { LocalPart } from "./local_copy.ts";
import { kindOfSpecial } from "./local_file.ts";
import { linkProblem, NameCollisions, splitPath } from "./local_names.ts";
import { PartFile, removeFile } from "./part_file.ts";
import { rename } from "./rename.ts";

/** As `ExtractOptions`, complete. */
export interface ExtractionOptions {
  readonly action: string;
  readonly symlinks: "inside" | "skip" | "error";
  readonly overwrite: boolean;
  readonly windows: boolean;
  readonly ignoresCase: boolean | undefined;
  readonly ignoresForms: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: TransferProgress) => void) | undefined;
  readonly total: number | null;
  /** Whether the directory is the copy's own, and ends with it. */
  readonly isStaging: boolean;
  /** The final directory, for messages. */
  readonly root: string;
  /** Whether that is made for the copy. */
  readonly isNew: boolean;
}

/** The bits of a mode that are kept: set-ID and sticky bits are dropped. */
const KEPT_MODES = 0o777;

/** Bun keeps what nobody reads any more until its heap has doubled. */
const LEAVES_GARBAGE = "Bun" in globalThis;

/** Writes entries below one directory, one after the other. */
export class Extraction {
  readonly #options: ExtractionOptions;
  readonly #fs: typeof fs = builtin("node:fs");
  readonly #directories: DirectoryChain;
  readonly #collisions: NameCollisions | null;
  readonly #skipped = new SkippedEntries();
  /** The paths of hard links, which do not count as files. */
  readonly #links = new Set<string>();
  #files = 0;
  #bytes = 0;

  /** @param directory It exists, and no part of its path is a link. */
  constructor(directory: string, options: ExtractionOptions) {
    this.#options = options;
    this.#directories = new DirectoryChain(directory, {
      isNew: options.isNew,
      adopts: !options.isStaging,
      hasModes: !options.windows,
    });
    const ignoresCase = options.ignoresCase ?? this.#ignoresCase();
    this.#collisions = ignoresCase || options.ignoresForms
      ? new NameCollisions(ignoresCase)
      : null;
  }

  get result(): CopyResult {
    const [files, bytes] = [this.#files, this.#bytes];
    return { files, bytes, ...this.#skipped.result };
  }

  /** Writes or skips an entry. */
  async add(entry: TreeEntry): Promise<void> {
    const { path } = entry;
    const { parts, problem } = splitPath(path, this.#options);
    const refused = entry.problem ?? problem ?? this.#collision(path);
    if (parts === null || refused !== null) return this.#skip(path, refused!);
    if (parts.length === 0) {
      if (entry.type === "directory") {
        this.#directories.enter([], entry);
        return;
      }
      return this.#skip(path, "it has the directory's own name");
    }
    try {
      await this.#write(entry, parts);
    } catch (error) {
      if (isNameRefused(error)) {
        return this.#skip(path, "a name that this file system cannot have");
      }
      throw localFailure(error, this.#options.action, this.#shown(parts));
    }
  }

  /**
   * Writes a file under another name: that of a tree that is one file.
   *
   * @throws {FileTransferError} It is not written, but for one that exists.
   */
  async addFile(entry: TreeEntry, name: string): Promise<void> {
    const local = this.#shown([name]);
    const refuse = (state: string) =>
      new FileTransferError(
        `Cannot ${this.#options.action}: ${state}: ${JSON.stringify(local)}`,
        { path: local, reason: "Unsafe" },
      );
    if (entry.type !== "file") {
      throw refuse(`a ${entry.type} is neither file nor directory`);
    }
    const { parts, problem } = splitPath(name, this.#options);
    if (parts === null) throw refuse(problem);
    try {
      await this.#write(entry, [name]);
    } catch (error) {
      throw localFailure(error, this.#options.action, local);
    }
  }

  /** Notes that something that was written is left out after all. */
  leaveOut(path: string, reason: string, stats: fs.Stats): void {
    this.#skip(path, reason);
    if (!stats.isFile() || this.#links.has(path)) return;
    this.#files--;
    this.#bytes -= stats.size;
  }

  /**
   * Gives the directories that were made their modes and times.
   *
   * @param root Where they are by now, but for `others`.
   */
  finish(root?: string, others?: ReadonlySet<string>): void {
    this.#directories.finish(root, others);
  }

  async #write(entry: TreeEntry, parts: readonly string[]): Promise<void> {
    const { path, type } = entry;
    if (type === "fifo" || type === "device" || type === "other") {
      return this.#skip(path, `a ${type}, which is neither file nor link`);
    }
    const blocked = this.#directories.enter(parts.slice(0, -1)) ??
      (type === "directory" ? this.#directories.enter(parts, entry) : null);
    if (blocked !== null) return this.#skip(path, blocked);
    if (type === "directory") return;
    const local = this.#directories.local(parts);
    const part = type === "file" ? this.#stageNew(entry, local) : null;
    if (part !== null) return await this.#fill(entry, part);
    const existing = this.#directories.stat(parts);
    if (existing !== null) {
      if (existing.isDirectory()) {
        return this.#skip(path, "a directory has its name");
      }
      const special = kindOfSpecial(existing);
      if (special !== null) {
        return this.#skip(path, `a ${special} has its name`);
      }
      if (!this.#options.overwrite) return this.#skip(path, "it exists");
    }
    if (type === "symlink") this.#makeSymlink(entry, parts, local);
    else if (type === "link") this.#makeLink(entry, parts, local);
    else {
      if (existing !== null && this.#options.isStaging) {
        this.#forget(parts, existing);
        removeFile(local);
      }
      await this.#writeFile(entry, local);
    }
  }

  /** Notes that what this copy has written itself is replaced. */
  #forget(parts: readonly string[], stats: fs.Stats): void {
    if (!stats.isFile() || this.#links.delete(parts.join("/"))) return;
    this.#files--;
    this.#bytes -= stats.size;
  }

  /**
   * Creates a file in the copy's own directory, without a look at what is there:
   * most files are new. Null if something has the name.
   */
  #stageNew(entry: TreeEntry, local: string): PartFile | null {
    if (!this.#options.isStaging) return null;
    try {
      return this.#openPart(entry, local);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return null;
      throw error;
    }
  }

  async #writeFile(entry: TreeEntry, local: string): Promise<void> {
    try {
      await this.#fill(entry, this.#openPart(entry, local));
    } catch (cause) {
      const isTaken = !this.#options.isStaging && codeOf(cause) === "ENOENT";
      if (!isTaken) throw cause;
      throw new FileTransferError(
        `Cannot ${this.#options.action}: the part of it that was here was ` +
          `removed, perhaps by another copy: ${JSON.stringify(entry.path)}`,
        { path: entry.path, reason: "Changed", cause },
      );
    }
  }

  #openPart(entry: TreeEntry, local: string): PartFile {
    const { size, modified } = entry;
    const isKept = !this.#options.isStaging;
    const name = isKept ? PartFile.keptName(local, size, modified) : local;
    const begun = begunOf(entry);
    return new PartFile(local, size, { name, begun, isKept });
  }

  async #fill(entry: TreeEntry, part: PartFile): Promise<void> {
    const { path, size } = entry;
    const { signal, onProgress } = this.#options;
    const offset = begunOf(entry)?.size ?? 0;
    try {
      let written = offset;
      for await (const { position, bytes, isOwned } of piecesOf(entry)) {
        signal?.throwIfAborted();
        const start = offset + position;
        const end = start + bytes.byteLength;
        if (end > size) throw this.#incomplete(entry);
        await part.write(bytes, start);
        if (isOwned && LEAVES_GARBAGE) free(bytes);
        written = end;
        if (written < size) this.#report(path, written);
      }
      // An archive's own entries end early with an error only, and only a
      // sparse one ends in zeros that were not given.
      if (written < size && !isArchiveEntry(entry)) {
        throw this.#incomplete(entry);
      }
      signal?.throwIfAborted();
      // Windows has a read-only bit alone, with which nothing could replace it.
      const mode = this.#options.windows ? null : entry.mode & KEPT_MODES;
      await part.complete(mode, entry.modified);
    } catch (error) {
      const isWrong = error instanceof FileTransferError &&
        error.reason === "Changed";
      await part.giveUp(isWrong);
      throw error;
    }
    this.#files++;
    this.#bytes += size;
    if (onProgress !== undefined) this.#report(path, 0);
  }

  #makeSymlink(
    { path, linkTarget }: Pick<TreeEntry, "path" | "linkTarget">,
    parts: readonly string[],
    local: string,
  ): void {
    const { symlinks, action } = this.#options;
    if (symlinks === "skip") return this.#skip(path, "a symbolic link");
    const problem = linkProblem(parts, linkTarget ?? "", this.#options);
    if (problem !== null) {
      if (symlinks !== "error") return this.#skip(path, problem);
      throw new FileTransferError(
        `Cannot ${action}: ${JSON.stringify(path)} is ${problem}, to ` +
          JSON.stringify(linkTarget),
        { path, reason: "Unsafe" },
      );
    }
    const other = PartFile.nameBeside(local);
    try {
      this.#fs.symlinkSync(linkTarget!, other);
    } catch (error) {
      if (!isLinkRefused(error)) throw error;
      return this.#skip(path, "this system does not permit symbolic links");
    }
    this.#rename(other, parts);
  }

  /**
   * A hard link, to a file in the directory only, never through a link; one to a
   * symbolic link becomes another of those.
   */
  #makeLink(
    entry: TreeEntry,
    parts: readonly string[],
    local: string,
  ): void {
    const { path, linkTarget } = entry;
    const to = splitPath(linkTarget ?? "", this.#options);
    if (to.parts === null) return this.#skip(path, `a link to ${to.problem}`);
    const file = this.#directories.isReal(to.parts.slice(0, -1))
      ? this.#directories.stat(to.parts)
      : null;
    if (file?.isSymbolicLink()) {
      // It may lead elsewhere from here, which is looked at again.
      const linkTarget = this.#fs.readlinkSync(
        this.#directories.local(to.parts),
      );
      return this.#makeSymlink({ path, linkTarget }, parts, local);
    }
    if (!file?.isFile()) {
      return this.#skip(path, "a link to a file that is not there");
    }
    const target = this.#directories.local(to.parts);
    if (target === local) return;
    const other = PartFile.nameBeside(local);
    try {
      this.#fs.linkSync(target, other);
    } catch {
      // Not every file system has them.
      const { COPYFILE_EXCL } = this.#fs.constants;
      this.#fs.copyFileSync(target, other, COPYFILE_EXCL);
      this.#fs.utimesSync(other, file.atime, file.mtime);
    }
    this.#rename(other, parts);
    this.#links.add(parts.join("/"));
  }

  #rename(from: string, parts: readonly string[]): void {
    const existing = this.#directories.stat(parts);
    if (existing !== null && this.#options.isStaging) {
      this.#forget(parts, existing);
    }
    try {
      rename(from, this.#directories.local(parts));
    } finally {
      // Renaming one link of a file to another does nothing (POSIX).
      removeFile(from);
    }
  }

  #report(path: string, ofThis: number): void {
    const bytes = this.#bytes + ofThis;
    const { onProgress, total } = this.#options;
    onProgress?.({ path, bytes, total, files: this.#files });
  }

  #skip(path: string, reason: string): void {
    this.#skipped.add({ path, reason });
  }

  #collision(path: string): string | null {
    const other = this.#collisions?.find(path) ?? null;
    if (other === null) return null;
    const name = JSON.stringify(other);
    return `this file system takes its name for that of ${name}`;
  }

  #incomplete({ path, size }: TreeEntry): FileTransferError {
    return new FileTransferError(
      `Cannot ${this.#options.action}: ${JSON.stringify(path)} has not the ` +
        `${size} bytes that were announced`,
      { path, reason: "Incomplete" },
    );
  }

  /** The final path of an entry. */
  #shown(parts: readonly string[]): string {
    return [this.#options.root, ...parts].join("/");
  }

  #ignoresCase(): boolean {
    const name = PartFile.nameBeside(this.#directories.local(["x"]));
    const at = name.lastIndexOf("/");
    const upper = name.slice(0, at) + name.slice(at).toUpperCase();
    try {
      this.#fs.writeFileSync(name, "", { flag: "wx" });
      return this.#fs.existsSync(upper);
    } catch {
      return false; // It cannot be written to, as the first entry will find.
    } finally {
      removeFile(name);
    }
  }
}

function begunOf(entry: TreeEntry): LocalPart | null {
  return "begun" in entry ? entry.begun as LocalPart : null;
}

/** Frees the memory of bytes whose buffer nobody else reads. */
function free({ buffer }: Uint8Array): void {
  (buffer as ArrayBuffer).transfer(0);
}
