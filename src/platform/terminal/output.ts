import type { Bytes } from "../../bytes.ts";
import { builtin } from "../builtin.ts";

/** Writes to stdout or stderr. */
export interface OutputWriter {
  /** Resolves when the system has taken the bytes. */
  write(bytes: Bytes): Promise<void>;
  /** Removes the error listener; the stream stays open. */
  close(): void;
}

/** Opens the process's stdout or stderr for writing. */
export function openOutput(name: "stdout" | "stderr"): OutputWriter {
  return "Deno" in globalThis ? new DenoOutput(name) : new NodeOutput(name);
}

/** Deno before 2.7 loses bytes written through `node:process`. */
class DenoOutput implements OutputWriter {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };

  constructor(name: "stdout" | "stderr") {
    this.#stream = Deno[name];
  }

  async write(bytes: Bytes): Promise<void> {
    for (let rest = bytes; rest.byteLength > 0;) {
      rest = rest.subarray(await this.#stream.write(rest));
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

  constructor(name: "stdout" | "stderr") {
    this.#stream = builtin("node:process")[name];
    this.#stream.on("error", this.#onError);
  }

  write(bytes: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  close(): void {
    // The event follows the callback.
    setTimeout(() => this.#stream.off("error", this.#onError), 0);
  }
}
