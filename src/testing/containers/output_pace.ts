import type { Readable } from "node:stream";
import { startTimer } from "../../timers.ts";

/** How many bytes are read between two rests, at least: four full pipes. */
const BYTES = 256 * 1024;

/** How long is read between two rests, at least, in milliseconds. */
const INTERVAL = 20;

/** In milliseconds; a timer that is due at once would not let the loop idle. */
const REST = 1;

/**
 * Lets the event loop become idle now and then while processes write without a
 * pause. While any pipe is ready, Deno (2.5 to 2.9) looks for ready sockets only
 * in every 61st turn, as Tokio does: the requests of clients would wait for
 * seconds.
 */
export class OutputPace {
  readonly #resting = new Map<Readable, () => void>();
  #read = 0;
  #rested = performance.now();
  #hasTimer = false;
  #isQuiet = false;

  /**
   * Notes that bytes were read, in the stream's `data` event. If a rest is due,
   * it pauses the stream, and calls `resume` after the rest.
   */
  note(stream: Readable, bytes: number, resume: () => void): void {
    this.#isQuiet = false;
    this.#read += bytes;
    if (this.#read < BYTES) return;
    if (performance.now() - this.#rested < INTERVAL) return;
    stream.pause();
    this.#resting.set(stream, resume);
    if (!this.#hasTimer) this.#rest();
  }

  #rest(): void {
    this.#hasTimer = true;
    this.#isQuiet = true;
    startTimer(REST, () => {
      // The turn went on with the other pipes until the timer was due.
      if (!this.#isQuiet) return this.#rest();
      const resting = [...this.#resting.values()];
      this.#hasTimer = false;
      this.#read = 0;
      this.#rested = performance.now();
      this.#resting.clear();
      for (const resume of resting) resume();
    });
  }
}
