/**
 * Counts connections, in all and of each user. A slot is taken before the
 * cluster is asked for a session, so that requests at the same time cannot pass
 * a limit together.
 */
export class Slots {
  readonly #limit: number;
  readonly #limitPerUser: number;
  readonly #users = new Map<string, number>();
  #taken = 0;

  constructor(limit: number, limitPerUser: number) {
    this.#limit = limit;
    this.#limitPerUser = limitPerUser;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes a slot.
   *
   * @returns A function that gives it back, once; null if there is none left.
   */
  take(): (() => void) | null {
    if (this.#taken >= this.#limit) return null;
    this.#taken++;
    return once(() => void this.#taken--);
  }

  /** Takes a slot of a user, in the same way. */
  takeOf(user: string): (() => void) | null {
    const taken = this.#users.get(user) ?? 0;
    if (taken >= this.#limitPerUser) return null;
    this.#users.set(user, taken + 1);
    return once(() => {
      const left = this.#users.get(user)! - 1;
      if (left > 0) this.#users.set(user, left);
      else this.#users.delete(user);
    });
  }
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}
