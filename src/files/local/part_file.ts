import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";
import { sha256 } from "../sha256.ts";
import { codeOf } from "./local_failure.ts";
import { rename } from "./rename.ts";

/** Smaller files are written without giving up the thread: it costs less. */
const SMALL = 256 * 1024;
/** Of a larger one, so much is written at once, while the next is collected. */
const BATCH = 512 * 1024;

/** What a part is called, and what is there of it. */
export interface Part {
  readonly name: string;
  /** What an earlier copy has left, which gets the name; null for nothing. */
  readonly begun: { readonly file: string; readonly size: number } | null;
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
    return `${directoryOf(local)}.podwire-${randomName()}.part`;
  }

  /**
   * How the names begin of the parts of a file that copies which broke off have
   * kept: of those of one state, or whatever it was.
   */
  static keptPrefix(
    local: string,
    state?: { readonly size: number; readonly modified: number },
  ): string {
    const digest = sha256();
    digest.update(
      new TextEncoder().encode(local.slice(directoryOf(local).length)),
    );
    const prefix = `.podwire-${digest.hex().slice(0, 16)}-`;
    return state ? `${prefix}${state.size}-${state.modified}-` : prefix;
  }

  /**
   * A name for the part of a file in one state, which nothing else has: two
   * copies at once must not write to, or move, the part of the other.
   */
  static keptName(local: string, size: number, time: Date): string {
    const modified = Math.floor(time.getTime() / 1000);
    const prefix = PartFile.keptPrefix(local, { size, modified });
    return `${directoryOf(local)}${prefix}${randomName()}.part`;
  }

  readonly #fs: typeof fs = builtin("node:fs");
  readonly #local: string;
  readonly #size: number;
  readonly #name: string;
  readonly #isKept: boolean;
  #descriptor: number | null = null;
  #end: number;
  #hasGaps = false;
  /** What is collected: `#length` bytes from `#start` of the file on. */
  #batch: Uint8Array | null = null;
  #start = 0;
  #length = 0;
  /** The batch that is being written, or may be used again. */
  #spare: Uint8Array | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** Creates the file, readable for its owner only, or goes on with one. */
  constructor(local: string, size: number, part: Part) {
    this.#local = local;
    this.#size = size;
    this.#name = part.name;
    this.#isKept = part.isKept;
    // Windows has no O_NOFOLLOW; O_EXCL follows no link either (POSIX, open).
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = this.#fs.constants;
    const flags = O_WRONLY | O_NOFOLLOW;
    this.#end = part.begun?.size ?? 0;
    if (part.begun !== null) {
      rename(part.begun.file, this.#name);
      this.#descriptor = this.#fs.openSync(this.#name, flags);
      return;
    }
    const created = flags | O_CREAT | O_EXCL;
    this.#descriptor = this.#fs.openSync(this.#name, created, 0o600);
  }

  /** Writes at a position; what is left out becomes zeros. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    const isGap = position !== this.#end;
    if (isGap) this.#hasGaps = true;
    this.#end = position + bytes.byteLength;
    if (this.#size <= SMALL) return this.#writeSync(bytes, position);
    if (isGap) await this.#flush();
    for (let at = 0; at < bytes.byteLength;) {
      if (this.#length === 0) this.#start = position + at;
      const part = bytes.subarray(at, at + BATCH - this.#length);
      this.#batch ??= new Uint8Array(BATCH);
      this.#batch.set(part, this.#length);
      this.#length += part.byteLength;
      at += part.byteLength;
      if (this.#length === BATCH) await this.#flush();
    }
  }

  /** Gives the file its size, mode (unless null), time and name. */
  async complete(mode: number | null, modified: Date): Promise<void> {
    await this.#flush();
    await this.#writing;
    const descriptor = this.#descriptor!;
    if (this.#end < this.#size) this.#fs.ftruncateSync(descriptor, this.#size);
    if (mode !== null) this.#fs.fchmodSync(descriptor, mode);
    this.#fs.futimesSync(descriptor, modified, modified);
    this.#close();
    if (this.#name === this.#local) return;
    rename(this.#name, this.#local);
  }

  /**
   * Gives it up: it is removed, or kept for the next copy.
   *
   * @param isWrong Whether what is in it is known not to be the file's.
   */
  async giveUp(isWrong: boolean): Promise<void> {
    const isUseful = !isWrong && !this.#hasGaps && this.#end > 0;
    const isKept = this.#isKept && isUseful;
    try {
      if (isKept) await this.#flush();
      await this.#writing;
    } catch {
      // The error of the copy is thrown; what is there is still a beginning.
    }
    this.#close();
    if (!isKept) removeFile(this.#name);
  }

  /** Begins to write what was collected, once that before it is written. */
  async #flush(): Promise<void> {
    if (this.#length === 0) return;
    await this.#writing;
    const batch = this.#batch!;
    const bytes = batch.subarray(0, this.#length);
    this.#batch = this.#spare;
    this.#spare = batch;
    this.#length = 0;
    this.#writing = this.#writeAll(bytes, this.#start);
    // It is thrown by the next wait.
    this.#writing.catch(() => {});
  }

  #writeSync(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.byteLength;) {
      const left = bytes.byteLength - at;
      const descriptor = this.#descriptor!;
      at += this.#fs.writeSync(descriptor, bytes, at, left, position + at);
    }
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      at += await this.#writeAsync(bytes.subarray(at), position + at);
    }
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

function randomName(): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return [...random].map((part) => part.toString(36)).join("");
}

/** The directory of a local path, with its slash. */
function directoryOf(local: string): string {
  return local.slice(0, local.lastIndexOf("/") + 1);
}
