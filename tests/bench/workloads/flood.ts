import { createHash } from "node:crypto";
import { settledMemory, watchMemory } from "../../stress/soak/memory.ts";
import type { Measurement } from "../plan.ts";
import { MIB } from "../workload.ts";

/** The data of a flood, and the measurement at the end of its slow part. */
export class Flood {
  /** How many bytes have passed. */
  moved = 0;
  readonly #hash = createHash("sha256");
  readonly #before = settledMemory().resident;
  readonly #mostWhileSlow = watchMemory();
  readonly #most = watchMemory();
  #growth = 0;
  #slow: Measurement["slow"];

  /** Whether the slow part has ended. */
  get over(): boolean {
    return this.#slow !== undefined;
  }

  /** Counts and hashes a chunk. */
  move(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.moved += chunk.byteLength;
  }

  /** Ends the slow part. */
  endSlowPart(): void {
    this.#slow = { mebibytes: this.moved / MIB, until: Date.now() };
    this.#growth = this.#mostWhileSlow() - this.#before;
  }

  /** The measurement, after all data has passed. */
  measured(): Measurement {
    return {
      figures: {
        "growth while slow, MiB": this.#growth,
        "growth in all, MiB": this.#most() - this.#before,
      },
      slow: this.#slow,
      digest: this.#hash.digest("hex"),
    };
  }
}
