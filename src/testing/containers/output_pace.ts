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
  #cancelTimer: (() => void) | null = null;
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
    if (this.#cancelTimer === null) this.#rest();
  }

  /** Takes note of the stream's end: without another one, a rest ends at once. */
  forget(stream: Readable): void {
    if (!this.#resting.delete(stream) || this.#resting.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #rest(): void {
    this.#isQuiet = true;
    this.#cancelTimer = startTimer(REST, () => {
      // The turn went on with the other pipes until the timer was due.
      if (!this.#isQuiet) return this.#rest();
      const resting = [...this.#resting.values()];
      this.#cancelTimer = null;
      this.#read = 0;
      this.#rested = performance.now();
      this.#resting.clear();
      for (const resume of resting) resume();
    });
  }
}
