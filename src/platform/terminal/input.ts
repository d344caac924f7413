import { type Bytes, encodeText } from "../../bytes.ts";
import { builtin } from "../builtin.ts";

// The runtimes' quirks:
// - Pausing in a "data" event loses bytes on Deno, and does not stop reading on
//   Node; `read()` works on all.
// - Reading goes on until a pause one turn after the last "readable" listener
//   was removed.
// - Deno before 2.7 cannot cancel a read of a pipe: the read keeps the process
//   alive until the other side writes or closes.
// - Bun before 1.4 reads a pipe without limit, whether or not `read` is called.
// - A directory as stdin is an empty stream on Deno and Node; on Bun the getter
//   of `process.stdin` throws.

/** Reads stdin with backpressure. */
export interface InputReader {
  /** The next chunk; null at the end and after `close`. */
  read(): Promise<Bytes | null>;
  /** Stops reading; unread input stays for the next reader of stdin. */
  close(): Promise<void>;
}

/** Opens the process's stdin for reading. */
export function openInput(): InputReader {
  return stdinIsDirectory() ? new DirectoryReader() : new StdinReader();
}

/** Whether stdin is a directory, as in `podwire < /tmp`. */
export function stdinIsDirectory(): boolean {
  try {
    return builtin("node:fs").fstatSync(0).isDirectory();
  } catch {
    // A closed stdin counts as empty.
    return false;
  }
}

class DirectoryReader implements InputReader {
  read(): Promise<null> {
    const error = new Error("Cannot read stdin: it is a directory");
    return Promise.reject(Object.assign(error, { code: "EISDIR" }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class StdinReader implements InputReader {
  readonly #stdin = builtin("node:process").stdin;
  #ended = this.#stdin.readableEnded || this.#stdin.destroyed;
  #closed = false;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  readonly #onReadable = (): void => this.#wake();
  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake();
  };
  readonly #onError = (error: unknown): void => {
    this.#failure = { error };
    this.#wake();
  };

  constructor() {
    this.#stdin.on("end", this.#onEnd);
    this.#stdin.on("error", this.#onError);
    this.#stdin.on("readable", this.#onReadable);
  }

  async read(): Promise<Bytes | null> {
    while (!this.#closed) {
      const chunk: string | Uint8Array | null = this.#stdin.read();
      if (chunk !== null) return toBytes(chunk);
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    this.#stdin.off("readable", this.#onReadable);
    this.#stdin.off("end", this.#onEnd);
    this.#stdin.pause();
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#stdin.pause();
    this.#stdin.off("error", this.#onError);
  }
}

/** Copies, because the runtimes pool their buffers. */
function toBytes(chunk: string | Uint8Array): Bytes {
  return typeof chunk === "string" ? encodeText(chunk) : new Uint8Array(chunk);
}
