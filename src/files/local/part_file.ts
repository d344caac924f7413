import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";
import { sha256 } from "../sha256.ts";
import { codeOf } from "./local_failure.ts";

/** Smaller files are written without giving up the thread: it costs less. */
const SMALL = 256 * 1024;

/** What a part is called, and how much of it is there. */
export interface Part {
  readonly name: string;
  readonly size: number;
  /** Whether it outlives a copy that breaks off. */
  readonly isKept: boolean;
}

/**
 * A file that is being written: under another name in the same directory, until
 * all of it is there, or in a directory of the copy's own.
 */
export class PartFile {
  /** A name in the same directory that nothing else has. */
  static nameBeside(local: string): string {
    const random = crypto.getRandomValues(new Uint32Array(2));
    const name = [...random].map((part) => part.toString(36)).join("");
    return `${directoryOf(local)}.podwire-${name}.part`;
  }

  /**
   * What the parts of a file are called that a copy which broke off has kept,
   * whatever the file's state was.
   */
  static keptPrefix(local: string): string {
    const digest = sha256();
    digest.update(
      new TextEncoder().encode(local.slice(directoryOf(local).length)),
    );
    return `.podwire-${digest.hex().slice(0, 16)}-`;
  }

  /** The name of the part of a file in one state. */
  static keptName(local: string, size: number, modified: Date): string {
    const seconds = Math.floor(modified.getTime() / 1000);
    const prefix = PartFile.keptPrefix(local);
    return `${directoryOf(local)}${prefix}${size}-${seconds}.part`;
  }

  readonly #fs: typeof fs = builtin("node:fs");
  readonly #local: string;
  readonly #size: number;
  readonly #name: string;
  readonly #isKept: boolean;
  #descriptor: number | null = null;
  #end: number;
  #hasGaps = false;

  /** Creates the file, readable for its owner only, or goes on with one. */
  constructor(local: string, size: number, part: Part) {
    this.#local = local;
    this.#size = size;
    this.#name = part.name;
    this.#isKept = part.isKept;
    // Windows has no O_NOFOLLOW; O_EXCL follows no link either (POSIX, open).
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = this.#fs.constants;
    const flags = O_WRONLY | O_NOFOLLOW;
    this.#end = part.size;
    if (part.size > 0) {
      this.#descriptor = this.#fs.openSync(this.#name, flags);
      return;
    }
    if (part.isKept) removeFile(this.#name);
    const created = flags | O_CREAT | O_EXCL;
    this.#descriptor = this.#fs.openSync(this.#name, created, 0o600);
  }

  /** Writes at a position; what is left out becomes zeros. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (position !== this.#end) this.#hasGaps = true;
    const end = position + bytes.byteLength;
    for (let at = position; at < end;) {
      const rest = bytes.subarray(at - position);
      at += this.#size <= SMALL
        ? this.#fs.writeSync(this.#descriptor!, rest, 0, rest.byteLength, at)
        : await this.#writeAsync(rest, at);
    }
    this.#end = end;
  }

  /** Gives the file its size, mode, time and name. */
  complete(mode: number, modified: Date): void {
    const descriptor = this.#descriptor!;
    if (this.#end < this.#size) this.#fs.ftruncateSync(descriptor, this.#size);
    this.#fs.fchmodSync(descriptor, mode);
    this.#fs.futimesSync(descriptor, modified, modified);
    this.#close();
    if (this.#name === this.#local) return;
    this.#fs.renameSync(this.#name, this.#local);
  }

  /**
   * Gives it up: it is removed, or kept for the next copy.
   *
   * @param isWrong Whether what is in it is known not to be the file's.
   */
  giveUp(isWrong: boolean): void {
    this.#close();
    const isUseful = !isWrong && !this.#hasGaps && this.#end > 0;
    if (this.#isKept && isUseful) return;
    removeFile(this.#name);
  }

  #close(): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    this.#fs.closeSync(descriptor);
  }

  #writeAsync(bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#fs.write(
        this.#descriptor!,
        bytes,
        0,
        bytes.byteLength,
        position,
        (error, written) => error ? reject(error) : resolve(written),
      );
    });
  }
}

/**
 * Removes a file or a link, if it is there. Deno 2.5 refuses to remove a link to
 * a directory with `rm`.
 */
export function removeFile(path: string): void {
  try {
    builtin("node:fs").unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The directory of a local path, with its slash. */
function directoryOf(local: string): string {
  return local.slice(0, local.lastIndexOf("/") + 1);
}
