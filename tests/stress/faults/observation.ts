import { type Bytes, concatBytes } from "../../../src/bytes.ts";

/** How a promise settled. */
export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** What a client observed of its session. */
export interface Observation {
  /** The bytes read from each channel. */
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  /** The exit code, or the error that it rejected with. */
  readonly exitCode: Settled<number | null>;
  /** How the session's other promises settled, by name; empty for `run`. */
  readonly others: Readonly<Record<string, Settled<unknown>>>;
}

/** Collects the bytes of a channel. */
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

/** Tracks named promises until they settle. */
export class SettleTracker {
  readonly #limit: number;
  readonly #pending = new Set<string>();
  readonly #endings = new Map<string, Settled<unknown>>();
  #all: Promise<unknown>[] = [];

  /** @param limit How long each promise may take, in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Tracks `promise`; resolves with how it settles. */
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

  /** How all promises settled; rejects with the names still pending at the limit. */
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
