import { type Bytes, concatBytes } from "../bytes.ts";

/** Ctrl-p and ctrl-q, as a terminal sends them. */
const SEQUENCE: Bytes = new Uint8Array([0x10, 0x11]);

/** What was typed, without the sequence. */
export interface Typed {
  readonly bytes: Bytes;
  /** Whether the sequence was typed; what came after it is dropped. */
  readonly detached: boolean;
}

/**
 * Looks for ctrl-p ctrl-q in what is typed. A ctrl-p at the end is held back
 * until the next key says whether it is the sequence's.
 */
export class DetachKeys {
  #held: Bytes = SEQUENCE.subarray(0, 0);

  /** Takes what was typed next; gives what is for the container. */
  take(typed: Bytes): Typed {
    const bytes = concatBytes([this.#held, typed]);
    const [p, q] = SEQUENCE;
    const at = bytes.findIndex((byte, index) =>
      byte === p && bytes[index + 1] === q
    );
    if (at >= 0) return { bytes: bytes.subarray(0, at), detached: true };
    const end = bytes.at(-1) === p ? bytes.length - 1 : bytes.length;
    this.#held = bytes.subarray(end);
    return { bytes: bytes.subarray(0, end), detached: false };
  }

  /** What was held back, now that nothing follows. */
  rest(): Bytes {
    return this.#held;
  }
}
