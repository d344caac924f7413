import type { Bytes } from "../../bytes.ts";
import { builtin } from "../builtin.ts";
import type { OutputWriter } from "./terminal.ts";

/** Begins to write to the process's stdout or stderr. */
export function openOutput(name: "stdout" | "stderr"): OutputWriter {
  return "Deno" in globalThis ? new DenoOutput(name) : new NodeOutput(name);
}

/** Deno before 2.7 loses bytes in what `node:process` gives. */
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

/** Bun before 1.4 does not tell that nobody reads any more. */
class NodeOutput implements OutputWriter {
  readonly #stream: NodeJS.WriteStream;
  // A failed write is an event, too, which ends the process if nobody listens.
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
    // The event comes after the callback.
    setTimeout(() => this.#stream.off("error", this.#onError), 0);
  }
}
