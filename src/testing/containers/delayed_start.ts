import type { TerminalSize } from "../../channel/resize.ts";
import { startTimer } from "../../timers.ts";

/** Milliseconds to wait for the client's first size. */
const TIMEOUT = 100;
const TIMEOUT_STEPS = 10;

/**
 * Holds a process in a terminal back until the client's first size has come,
 * or a moment has passed, so that a command which asks for the size at once
 * does not get 0 by 0 or the right one by chance, as it may in life.
 */
export class DelayedStart {
  readonly #start: (size: TerminalSize | null) => void;
  #stopTimer: () => void = () => {};
  #over = false;

  /** @param start Called once, with the size or with null for none. */
  constructor(start: (size: TerminalSize | null) => void) {
    this.#start = start;
  }

  /** Whether the process was started, or never will be. */
  get settled(): boolean {
    return this.#over;
  }

  /** Begins to wait. */
  startTimeout(): void {
    this.#stopTimer = startTimer(TIMEOUT, () => this.begin(null), {
      steps: TIMEOUT_STEPS,
    });
  }

  /** Starts the process, unless that was done. */
  begin(size: TerminalSize | null): void {
    if (this.#over) return;
    this.cancel();
    this.#start(size);
  }

  /** Keeps the process from starting. */
  cancel(): void {
    this.#over = true;
    this.#stopTimer();
  }
}
