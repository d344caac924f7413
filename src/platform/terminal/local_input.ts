import { type Bytes, encodeText } from "../../bytes.ts";
import { builtin } from "../builtin.ts";
import type { InputReader } from "./terminal.ts";

// The runtimes' quirks:
// - Pausing within a "data" event loses bytes on Deno, and does not stop the
//   reading on Node; asking for what is there, with `read`, is right on all.
// - The reading goes on until a pause that comes a turn after the last listener
//   for "readable" went.
// - Deno before 2.7 cannot take back a read of a pipe: it keeps the process
//   until the other side writes or ends.
// - Bun before 1.4 reads a pipe without a bound, whether or not it is asked.

/** Reads the process's stdin. */
export class LocalInput implements InputReader {
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
      if (chunk !== null) return bytesOf(chunk);
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

/** A copy: the runtime's own buffers are pooled. */
function bytesOf(chunk: string | Uint8Array): Bytes {
  return typeof chunk === "string" ? encodeText(chunk) : new Uint8Array(chunk);
}
