import { type Bytes, concatBytes } from "../../../src/bytes.ts";

/** How something ended that a client waited for. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** What a client can tell of its session. */
export interface Observation {
  /** What it read of each channel. */
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  /** The exit code, or what the wait for it rejected with. */
  readonly exitCode: Settled<number | null>;
  /** How else it ended, by what was waited for; a `run` has nothing else. */
  readonly others: Readonly<Record<string, Settled<unknown>>>;
}

/** What has been read of a channel. */
export class ReadBytes {
  readonly #parts: Bytes[] = [];
  length = 0;

  add(part: Bytes): void {
    this.#parts.push(part);
    this.length += part.byteLength;
  }

  get bytes(): Bytes {
    return concatBytes(this.#parts);
  }
}

/** Everything that a client waits for, under its name. */
export class SettleTracker {
  readonly #limit: number;
  readonly #pending = new Set<string>();
  readonly #endings = new Map<string, Settled<unknown>>();
  #all: Promise<unknown>[] = [];

  /** @param limit How long anything may take, in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for `promise` too; gives how it ended. */
  add<T>(name: string, promise: Promise<T>): Promise<Settled<T>> {
    this.#pending.add(name);
    const ending = promise.then(
      (value): Settled<T> => ({ value }),
      (error): Settled<T> => ({ error }),
    );
    this.#all.push(ending.then((ending) => {
      this.#pending.delete(name);
      this.#endings.set(name, ending);
    }));
    return ending;
  }

  /** How all of it ended; rejects with what is still pending at the limit. */
  async settled(): Promise<Record<string, Settled<unknown>>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const names = [...this.#pending].join(", ");
        reject(new Error(`not settled in ${this.#limit} ms: ${names}`));
      }, this.#limit);
    });
    try {
      await Promise.race([Promise.all(this.#all), late]);
    } finally {
      clearTimeout(timer);
    }
    return Object.fromEntries(this.#endings);
  }
}
