import type { TerminalSize } from "../../channel/resize.ts";
import { whenPatienceEnds } from "./patience.ts";

/** Milliseconds that the client's first size has to arrive. */
const PATIENCE = 100;

/**
 * Holds a process in a terminal back until the client's first size has come,
 * or a moment has passed, so that a command which asks for the size at once
 * does not get 0 by 0 or the right one by chance, as it may in life.
 */
export class FirstSize {
  readonly #start: (size: TerminalSize | null) => void;
  #stopWaiting: () => void = () => {};
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
    this.#stopWaiting = whenPatienceEnds(PATIENCE, () => this.arrive(null));
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
    this.#stopWaiting();
  }
}
