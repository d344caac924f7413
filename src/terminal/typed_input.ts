import type { InputReader } from "../platform/terminal/terminal.ts";
import { SessionEndedError } from "../errors.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { DetachKeys } from "./detach_keys.ts";

/** How the input came to its end. */
export type InputEnd =
  /** Nothing follows, or the session takes no more. */
  | { readonly kind: "over" }
  /** The keys for leaving were typed. */
  | { readonly kind: "detached" }
  /** It cannot be read, or its end cannot be told. */
  | { readonly kind: "failed"; readonly reason: unknown };

/** Whether to look for the keys that leave. */
export interface TypedInputOptions {
  readonly detachKeys: boolean;
}

/** Passes on to a session what is typed, or what a pipe brings. */
export class TypedInput {
  readonly #session: StreamSession;
  readonly #reader: InputReader;
  readonly #keys: DetachKeys | null;
  #closed = false;

  constructor(
    session: StreamSession,
    reader: InputReader,
    { detachKeys }: TypedInputOptions,
  ) {
    this.#session = session;
    this.#reader = reader;
    this.#keys = detachKeys ? new DetachKeys() : null;
  }

  /** Reads to the end; never rejects. */
  async run(): Promise<InputEnd> {
    try {
      return await this.#copy();
    } catch (reason) {
      // It need not be told any more.
      const late = this.#closed || reason instanceof SessionEndedError;
      return late ? { kind: "over" } : { kind: "failed", reason };
    }
  }

  /** Leaves to others what was not read. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader.close();
  }

  async #copy(): Promise<InputEnd> {
    for (let typed; (typed = await this.#reader.read()) !== null;) {
      const { bytes, detached } = this.#keys?.take(typed) ??
        { bytes: typed, detached: false };
      await this.#write(bytes);
      if (detached) return { kind: "detached" };
    }
    if (this.#keys !== null) await this.#write(this.#keys.rest());
    if (!this.#closed) await this.#session.closeStdin();
    return { kind: "over" };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > 0 && !this.#closed) await this.#session.write(bytes);
  }
}
