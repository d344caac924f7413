import type * as fs from "node:fs";
import type { Bytes } from "../../bytes.ts";
import { FileTransferError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import { localFailure } from "./local_failure.ts";

/** Smaller files are read at once, which costs less than a stream. */
const SMALL = 64 * 1024;
/** A larger one is read in parts of this size, into two arrays in turn. */
const CHUNK = 512 * 1024;

/** What something is that is no file, directory or link; null if it is one. */
export function kindOfSpecial(
  stats: fs.Stats,
): "fifo" | "socket" | "device" | null {
  if (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()) {
    return null;
  }
  if (stats.isFIFO()) return "fifo";
  return stats.isSocket() ? "socket" : "device";
}

/** A read under way, or its result. */
interface Reading {
  readonly buffer: Bytes;
  readonly count: Promise<number>;
}

/** A file of this machine that is being read, and must not change meanwhile. */
export class LocalFile {
  /**
   * Opens a file.
   *
   * @param path Its path for messages.
   * @param follow Whether it may be a symbolic link.
   * @param noFollow For tests; the system's flag otherwise, 0 on Windows.
   * @throws {FileTransferError} `Denied`, or `Changed` if it is none any more.
   */
  static open(
    local: string,
    path: string,
    action: string,
    follow: boolean,
    noFollow: number = builtin("node:fs").constants.O_NOFOLLOW ?? 0,
  ): LocalFile {
    const files = builtin("node:fs");
    // A fifo that has taken the file's place would block without O_NONBLOCK.
    const { O_RDONLY, O_NONBLOCK = 0 } = files.constants;
    const flags = O_RDONLY | O_NONBLOCK | (follow ? 0 : noFollow);
    let descriptor: number | null = null;
    try {
      descriptor = files.openSync(local, flags);
      // What the flag does in one step, as far as it goes without.
      if (
        !follow && noFollow === 0 && files.lstatSync(local).isSymbolicLink()
      ) {
        throw Object.assign(new Error("a link"), { code: "ELOOP" });
      }
      return new LocalFile(descriptor, path === "." ? local : path, action);
    } catch (error) {
      if (descriptor !== null) files.closeSync(descriptor);
      throw localFailure(error, action, local);
    }
  }

  /** In bytes, when it was opened. */
  readonly size: number;
  readonly #fs: typeof fs = builtin("node:fs");
  readonly #path: string;
  readonly #action: string;
  readonly #stats: fs.Stats;
  #descriptor: number | null;
  #position = 0;
  #reading = false;
  #closed = false;
  /** The next part. */
  #ahead: Reading | null = null;
  /** The part that was given last, which is free when the next is asked for. */
  #given: Bytes | null = null;

  private constructor(descriptor: number, path: string, action: string) {
    this.#path = path;
    this.#action = action;
    this.#stats = this.#fs.fstatSync(descriptor);
    this.#descriptor = descriptor;
    this.size = this.#stats.size;
    if (!this.#stats.isFile()) throw this.#changed("it is no file any more");
  }

  /**
   * Its content: fails with `Changed` unless that is the same to the end. A part
   * is valid until the next is asked for.
   */
  get body(): Bytes | ReadableStream<Bytes> {
    if (this.size <= SMALL) return this.#readAll();
    return new ReadableStream<Bytes>({
      pull: async (controller) => {
        if (this.#closed) {
          throw new TypeError(
            `Cannot ${this.#action}: ${JSON.stringify(this.#path)} was closed`,
          );
        }
        if (this.#position === this.size) {
          this.#check();
          return controller.close();
        }
        controller.enqueue(await this.#next());
      },
    }, { highWaterMark: 0 });
  }

  /** A read under way ends first. Idempotent. */
  close(): void {
    this.#closed = true;
    if (this.#descriptor === null || this.#reading) return;
    this.#fs.closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #readAll(): Bytes {
    const bytes = new Uint8Array(this.size);
    try {
      while (this.#position < this.size) {
        const count = this.#fs.readSync(this.#descriptor!, bytes, {
          offset: this.#position,
          position: this.#position,
        });
        if (count === 0) throw this.#shorter();
        this.#position += count;
      }
      this.#check();
      if (this.size === 0) this.#checkEmpty();
    } catch (error) {
      throw localFailure(error, this.#action, this.#path);
    }
    return bytes;
  }

  /** The next part, while the one behind it is read. */
  async #next(): Promise<Bytes> {
    const free = this.#given;
    this.#given = null;
    const { buffer, count } = this.#ahead ?? this.#read(free);
    this.#ahead = null;
    try {
      const length = await count;
      if (length === 0) throw this.#shorter();
      this.#position += length;
      this.#given = buffer;
      if (!this.#closed && this.#position < this.size) {
        this.#ahead = this.#read(free === buffer ? null : free);
      }
      return buffer.subarray(0, length);
    } catch (error) {
      throw localFailure(error, this.#action, this.#path);
    }
  }

  /** Reads what is at the position, at most to the size. */
  #read(free: Bytes | null): Reading {
    const left = this.size - this.#position;
    const buffer = free ?? new Uint8Array(Math.min(CHUNK, this.size));
    this.#reading = true;
    const count = this.#readInto(buffer.subarray(0, left)).finally(() => {
      this.#reading = false;
      if (this.#closed) this.close();
    });
    // It is thrown when the part is asked for, if it ever is.
    count.catch(() => {});
    return { buffer, count };
  }

  #readInto(buffer: Bytes): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#fs.read(
        this.#descriptor!,
        buffer,
        0,
        buffer.byteLength,
        this.#position,
        (error, count) => error ? reject(error) : resolve(count),
      );
    });
  }

  /** After the last byte: a writer may have changed what was read before. */
  #check(): void {
    const now = this.#fs.fstatSync(this.#descriptor!);
    if (now.size !== this.size) {
      throw this.#changed(`it had ${this.size} bytes and has ${now.size} now`);
    }
    if (now.mtimeMs !== this.#stats.mtimeMs) {
      throw this.#changed("it was written to");
    }
  }

  /** What the kernel writes itself, as in /proc, has no size. */
  #checkEmpty(): void {
    const byte = new Uint8Array(1);
    if (this.#fs.readSync(this.#descriptor!, byte, { position: 0 }) === 0) {
      return;
    }
    throw this.#changed("it has content, and 0 bytes, as in /proc");
  }

  #shorter(): FileTransferError {
    return this.#changed(`it has fewer than the ${this.size} bytes it had`);
  }

  #changed(state: string): FileTransferError {
    return new FileTransferError(
      `Cannot ${this.#action}: ${
        JSON.stringify(this.#path)
      } changed while it ` +
        `was read: ${state}`,
      { path: this.#path, reason: "Changed" },
    );
  }
}
