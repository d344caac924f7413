import { type Bytes, concatBytes } from "../bytes.ts";
import { SessionEndedError } from "../errors.ts";
import type { InputReader } from "../platform/terminal/input.ts";
import type { StreamSession } from "../session/stream_session.ts";

/** Why the forwarding of stdin ended. */
export type StdinEnd =
  /** End of file, or the session has ended. */
  | { readonly kind: "ended" }
  /** The detach keys were typed. */
  | { readonly kind: "detached" }
  /** Reading or closing stdin failed. */
  | { readonly kind: "failed"; readonly reason: unknown };

/** Copies local stdin to a session. */
export class StdinForwarder {
  readonly #session: StreamSession;
  readonly #reader: InputReader;
  readonly #detachKeys: DetachKeys | null;
  #closed = false;

  /** @param options Whether the detach keys end the forwarding. */
  constructor(
    session: StreamSession,
    reader: InputReader,
    options: { detachKeys: boolean },
  ) {
    this.#session = session;
    this.#reader = reader;
    this.#detachKeys = options.detachKeys ? new DetachKeys() : null;
  }

  /** Copies until the end; never rejects. */
  async run(): Promise<StdinEnd> {
    try {
      return await this.#copy();
    } catch (reason) {
      // The rest is not needed after the end.
      const late = this.#closed || reason instanceof SessionEndedError;
      return late ? { kind: "ended" } : { kind: "failed", reason };
    }
  }

  /** Stops reading; unread input stays for the next reader of stdin. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader.close();
  }

  async #copy(): Promise<StdinEnd> {
    for (let input; (input = await this.#reader.read()) !== null;) {
      const { bytes, detached } = this.#detachKeys?.filter(input) ??
        { bytes: input, detached: false };
      await this.#write(bytes);
      if (detached) return { kind: "detached" };
    }
    if (this.#detachKeys !== null) await this.#write(this.#detachKeys.flush());
    if (!this.#closed) await this.#session.closeStdin();
    return { kind: "ended" };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > 0 && !this.#closed) await this.#session.write(bytes);
  }
}

/** Ctrl-p ctrl-q, as a terminal sends them. */
const SEQUENCE: Bytes = new Uint8Array([0x10, 0x11]);

/** Input without the detach keys. */
export interface FilteredInput {
  readonly bytes: Bytes;
  /** Whether the keys were found; input after them is dropped. */
  readonly detached: boolean;
}

/**
 * Looks for ctrl-p ctrl-q in the input. Holds back a ctrl-p at the end of a
 * chunk until the next key.
 */
export class DetachKeys {
  #held: Bytes = SEQUENCE.subarray(0, 0);

  /** Takes the next chunk of input; returns the bytes for the container. */
  filter(input: Bytes): FilteredInput {
    const bytes = concatBytes([this.#held, input]);
    const [p, q] = SEQUENCE;
    const at = bytes.findIndex((byte, index) =>
      byte === p && bytes[index + 1] === q
    );
    if (at >= 0) return { bytes: bytes.subarray(0, at), detached: true };
    const end = bytes.at(-1) === p ? bytes.length - 1 : bytes.length;
    this.#held = bytes.subarray(end);
    return { bytes: bytes.subarray(0, end), detached: false };
  }

  /** The bytes held back, at the end of the input. */
  flush(): Bytes {
    return this.#held;
  }
}
