import type { TerminalSize } from "../../channel/resize.ts";
import { startTimer } from "../../timers.ts";

/** Milliseconds to wait for the client's first size. */
const TIMEOUT = 100;
const TIMEOUT_STEPS = 10;

/**
 * Delays the start of a process in a terminal until the client's first size
 * arrives, or a timeout. Else a command that reads the size at once would see
 * 0 by 0 or the right one by chance, as on a real cluster.
 */
export class DelayedStart {
  readonly #start: (size: TerminalSize | null) => void;
  #cancelTimer: () => void = () => {};
  #settled = false;

  /** @param start Called once, with the size or, after the timeout, null. */
  constructor(start: (size: TerminalSize | null) => void) {
    this.#start = start;
  }

  /** Whether the process was started or cancelled. */
  get settled(): boolean {
    return this.#settled;
  }

  startTimeout(): void {
    this.#cancelTimer = startTimer(TIMEOUT, () => this.begin(null), {
      steps: TIMEOUT_STEPS,
    });
  }

  /** Starts the process, unless it was started or cancelled. */
  begin(size: TerminalSize | null): void {
    if (this.#settled) return;
    this.cancel();
    this.#start(size);
  }

  /** Prevents the start. */
  cancel(): void {
    this.#settled = true;
    this.#cancelTimer();
  }
}
