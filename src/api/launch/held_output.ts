import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { CHANNEL } from "../../channel/frame.ts";
import type { Attached } from "./stitch.ts";

/** The output of an attach that waits for the log. */
export class HeldOutput {
  /** Resolves with the first output. */
  readonly begun: Promise<void>;
  readonly #begin: () => void;
  readonly #stdout = new ByteBuilder();
  readonly #stderr = new ByteBuilder();

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.begun = promise;
    this.#begin = resolve;
  }

  /** The number of bytes of output. */
  get size(): number {
    return this.#stdout.length + this.#stderr.length;
  }

  add(channel: number, payload: Bytes): void {
    if (channel === CHANNEL.stdout) this.#stdout.append(payload);
    else if (channel === CHANNEL.stderr) this.#stderr.append(payload);
    if (this.size > 0) this.#begin();
  }

  bytes(): Attached {
    return { stdout: this.#stdout.copy(), stderr: this.#stderr.copy() };
  }
}
