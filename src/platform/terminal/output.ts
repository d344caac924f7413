import type { Bytes } from "../../bytes.ts";
import { builtin } from "../builtin.ts";

/** Writes to stdout or stderr. */
export interface OutputWriter {
  /** Resolves when the system has taken the bytes. */
  write(bytes: Bytes): Promise<void>;
  /** Removes the error listener; the stream stays open. */
  close(): void;
}

/**
 * An error of a write as POSIX has it: on Windows, the code is `EOF` if the
 * reader of a pipe is gone (libuv's ERROR_BROKEN_PIPE).
 */
export function writeFailure(error: unknown): unknown {
  if (Reflect.get(Object(error), "code") !== "EOF") return error;
  const failure = new Error("write EPIPE", { cause: error });
  return Object.assign(failure, { code: "EPIPE" });
}

/** Opens the process's stdout or stderr for writing. */
export function openOutput(
  name: "stdout" | "stderr",
  streams: OutputStreams = { node: () => builtin("node:process")[name] },
): OutputWriter {
  return "Deno" in globalThis
    ? new DenoOutput(streams.deno ?? Deno[name])
    : new NodeOutput(streams.node());
}

/** What is written to; tests replace it. */
export interface OutputStreams {
  readonly deno?: DenoStream;
  node(): NodeJS.WriteStream;
}

type DenoStream = { write(bytes: Uint8Array): Promise<number> };

/** Deno before 2.7 loses bytes written through `node:process`. */
class DenoOutput implements OutputWriter {
  readonly #stream: DenoStream;

  constructor(stream: DenoStream) {
    this.#stream = stream;
  }

  async write(bytes: Bytes): Promise<void> {
    try {
      for (let rest = bytes; rest.byteLength > 0;) {
        rest = rest.subarray(await this.#stream.write(rest));
      }
    } catch (error) {
      throw writeFailure(error);
    }
  }

  close(): void {}
}

/** Bun before 1.4 does not report that the reader is gone. */
class NodeOutput implements OutputWriter {
  readonly #stream: NodeJS.WriteStream;
  // A failed write also emits "error", which ends the process without a
  // listener.
  readonly #onError = (): void => {};

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#stream.on("error", this.#onError);
  }

  write(bytes: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(
        bytes,
        (error) => error ? reject(writeFailure(error)) : resolve(),
      );
    });
  }

  close(): void {
    // The event follows the callback.
    setTimeout(() => this.#stream.off("error", this.#onError), 0);
  }
}
