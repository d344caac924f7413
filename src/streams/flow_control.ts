/** What the flow control sees of an output channel. */
export interface FlowChannel {
  readonly full: boolean;
  readonly claimed: boolean;
  readonly waiting: boolean;
  discarding: boolean;
}

/** What the flow control may do to the connection. */
export interface FlowSource {
  pause(): void;
  resume(): void;
}

/**
 * Decides when the socket pauses, and when output that nobody claimed may be
 * discarded.
 *
 * A full channel pauses the socket. One that was never claimed stops pausing it
 * while a sibling's read or a status wait is pending, since that could never
 * settle otherwise; what exceeds its mark is then discarded.
 *
 * Such a demand counts only after a macrotask the first time that it would cost
 * bytes: in `Promise.all([waitForStatus(), text(stdout)])` the read of stdout
 * comes a moment after the wait, and nothing may be lost in between.
 */
export class FlowControl {
  readonly #source: FlowSource;
  #channels: readonly FlowChannel[] = [];
  #statusAwaited = false;
  #paused = false;
  #graced = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(source: FlowSource) {
    this.#source = source;
  }

  /** Whether the socket is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Says which channels there are. */
  watch(channels: readonly FlowChannel[]): void {
    this.#channels = channels;
  }

  /** Notes that somebody waits for the status. */
  awaitStatus(): void {
    if (this.#statusAwaited) return;
    this.#statusAwaited = true;
    this.update();
  }

  /** Decides anew; called whenever a channel has changed. */
  update(): void {
    if (this.#stopped) return;
    const demand = this.#demand();
    let blocked = false;
    for (const channel of this.#channels) {
      const spared = demand && !channel.claimed;
      channel.discarding = spared && this.#graced;
      if (!channel.full) continue;
      if (spared && !this.#graced) this.#beginGrace();
      if (!channel.discarding) blocked = true;
    }
    this.#pause(blocked);
  }

  /** Ends its work: the session is over. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#grace);
  }

  #demand(): boolean {
    return this.#statusAwaited ||
      this.#channels.some((channel) => channel.waiting);
  }

  #beginGrace(): void {
    this.#grace ??= setTimeout(() => {
      this.#grace = undefined;
      this.#graced = true;
      this.update();
    }, 0);
  }

  #pause(blocked: boolean): void {
    if (blocked === this.#paused) return;
    this.#paused = blocked;
    if (blocked) this.#source.pause();
    else this.#source.resume();
  }
}
