/**
 * The lines of one response that have no time: text of the server's own, or all
 * lines of a server that writes no times. But a response that begins between two
 * parts of a long line begins with the rest of that, which is not a line.
 */
export class UntimedLines {
  #mayBeRest: boolean;
  #held: string | null = null;

  /** @param isPartial Whether the response may begin within the log. */
  constructor(isPartial: boolean) {
    this.#mayBeRest = isPartial;
  }

  /** The first line, as long as it may be the rest of a line; else null. */
  get held(): string | null {
    return this.#held;
  }

  /**
   * Takes a line without a time.
   *
   * @param hasTimes Whether the server writes times, as far as is known.
   * @returns What counts as lines now.
   */
  take(line: string, hasTimes: boolean): string[] {
    const held = this.#held;
    this.#held = this.#mayBeRest ? line : null;
    if (this.#mayBeRest) {
      this.#mayBeRest = false;
      return [];
    }
    return held === null || hasTimes ? [line] : [held, line];
  }

  /** A line with a time has come: what is held was a rest. */
  timed(): void {
    this.#mayBeRest = false;
    this.#held = null;
  }
}
