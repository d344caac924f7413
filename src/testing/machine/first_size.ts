import type { TerminalSize } from "../../request/terminal_size.ts";

/**
 * The client's first size has so many pauses to arrive, in milliseconds. What
 * came while this process stood still is read between two of them.
 */
const PAUSES = 10;
const PAUSE = 10;

/**
 * Holds a process in a terminal back until the client's first size has come,
 * or a moment has passed, so that a command which asks for the size at once
 * does not get 0 by 0 or the right one by chance, as it may in life.
 */
export class FirstSize {
  readonly #start: (size: TerminalSize | null) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** @param start Called once, with the size or with null for none. */
  constructor(start: (size: TerminalSize | null) => void) {
    this.#start = start;
  }

  /** Whether the process was started, or never will be. */
  get over(): boolean {
    return this.#over;
  }

  /** Begins to wait. */
  wait(): void {
    this.#wait(PAUSES);
  }

  /** Starts the process, unless that was done. */
  arrive(size: TerminalSize | null): void {
    if (this.#over) return;
    this.cancel();
    this.#start(size);
  }

  /** Keeps the process from starting. */
  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #wait(pauses: number): void {
    // Deno 2.5 may fire a timer that was cleared in the same turn.
    if (this.#over) return;
    if (pauses === 0) return this.arrive(null);
    this.#timer = setTimeout(() => this.#wait(pauses - 1), PAUSE);
  }
}
