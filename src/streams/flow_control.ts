/** The state of an output channel that decides about the flow. */
export interface FlowChannel {
  readonly full: boolean;
  readonly claimed: boolean;
  readonly waiting: boolean;
  discarding: boolean;
}

/** The connection to pause. */
export interface PausableSource {
  pause(): void;
  resume(): void;
}

/**
 * Decides when the socket pauses, and when unclaimed output is discarded.
 *
 * | a channel is          | nothing is awaited | a read or the status is awaited |
 * | --------------------- | ------------------ | ------------------------------- |
 * | below its mark        | flows              | flows                           |
 * | full, claimed         | pauses the socket  | pauses the socket               |
 * | full, never claimed   | pauses the socket  | discards what exceeds the mark  |
 *
 * Claimed means that a read was ever requested. Without the discarding, the
 * awaited read of a sibling, or the wait for the status, could never settle.
 *
 * The first discard waits for one macrotask: in
 * `Promise.all([waitForStatus(), text(stdout)])` the read of stdout is requested
 * a moment after the wait, and nothing may be lost in between.
 */
export class FlowControl {
  readonly #source: PausableSource;
  #channels: readonly FlowChannel[] = [];
  #statusAwaited = false;
  #paused = false;
  #graced = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(source: PausableSource) {
    this.#source = source;
  }

  /** Whether the socket is paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Sets the channels. */
  watch(channels: readonly FlowChannel[]): void {
    this.#channels = channels;
  }

  /** The status is awaited from now on. */
  awaitStatus(): void {
    if (this.#statusAwaited) return;
    this.#statusAwaited = true;
    this.update();
  }

  /** Decides again; called whenever a channel has changed. */
  update(): void {
    if (this.#stopped) return;
    const demand = this.#demand();
    let blocked = false;
    for (const channel of this.#channels) {
      const discardable = demand && !channel.claimed;
      channel.discarding = discardable && this.#graced;
      if (!channel.full) continue;
      if (discardable && !this.#graced) this.#beginGrace();
      if (!channel.discarding) blocked = true;
    }
    this.#pause(blocked);
  }

  /** The session has ended. */
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
