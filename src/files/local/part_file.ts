import type * as fs from "node:fs";
import { builtin } from "../../platform/builtin.ts";

/** Smaller files are written without giving up the thread: it costs less. */
const SMALL = 256 * 1024;

/**
 * A file that is being written, under another name in the same directory, until
 * all of it is there.
 */
export class PartFile {
  /** A name in the same directory that nothing else has. */
  static nameBeside(local: string): string {
    const random = crypto.getRandomValues(new Uint32Array(2));
    const name = [...random].map((part) => part.toString(36)).join("");
    return `${local.slice(0, local.lastIndexOf("/") + 1)}.podwire-${name}.part`;
  }

  readonly #fs: typeof fs = builtin("node:fs");
  readonly #local: string;
  readonly #size: number;
  readonly #name: string;
  #descriptor: number | null;
  #end = 0;

  /** Creates the file, readable for its owner only. */
  constructor(local: string, size: number) {
    this.#local = local;
    this.#size = size;
    this.#name = PartFile.nameBeside(local);
    // Windows has no O_NOFOLLOW; O_EXCL follows no link either (POSIX, open).
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = this.#fs.constants;
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    this.#descriptor = this.#fs.openSync(this.#name, flags, 0o600);
  }

  /** Writes at a position; what is left out becomes zeros. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
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
    this.#fs.renameSync(this.#name, this.#local);
  }

  /** Gives it up. */
  remove(): void {
    this.#close();
    this.#fs.rmSync(this.#name, { force: true });
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
