import { ByteBuilder, encodeText } from "../../bytes.ts";
import { supportsHalfClose } from "../../channel/subprotocols.ts";
import type { StreamSession } from "../../session/stream_session.ts";

/** How much is sent at once where its size must come first, in bytes. */
const FRAME = 1024 * 1024;

/**
 * Writes to the stdin of a script that begins with `RECEIVE`. Where the protocol
 * cannot end stdin (v4), the size says where the end is; one that is not known
 * goes in frames, each behind its size.
 */
export class Upload {
  readonly #session: StreamSession;
  readonly #canEnd: boolean;
  /** Collects a frame; null without frames. */
  readonly #frame: ByteBuilder | null;
  /** The line that says how; empty once it is sent. */
  #how: string;

  /** @param total All bytes that will be written; null if that is not known. */
  constructor(session: StreamSession, total: number | null) {
    this.#session = session;
    this.#canEnd = supportsHalfClose(session.protocol);
    const inFrames = !this.#canEnd && total === null;
    this.#frame = inFrames ? new ByteBuilder() : null;
    this.#how = `${this.#canEnd ? "all" : inFrames ? "frames" : total}\n`;
  }

  /** @returns Whether the session still takes more. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (this.#frame === null) return await this.#send(bytes);
    for (let at = 0; at < bytes.byteLength;) {
      const end = at + FRAME - this.#frame.length;
      this.#frame.append(bytes.subarray(at, end));
      at = end;
      if (this.#frame.length < FRAME) break;
      if (!await this.#sendFrame(this.#frame)) return false;
    }
    return true;
  }

  /** Ends the upload after what is written. */
  async end(): Promise<boolean> {
    if (this.#frame !== null) {
      return await this.#sendFrame(this.#frame) &&
        await this.#send(encodeText("0\n"));
    }
    if (!await this.#send(new Uint8Array())) return false;
    if (!this.#canEnd) return true;
    return await succeeds(this.#session.closeStdin());
  }

  async #sendFrame(frame: ByteBuilder): Promise<boolean> {
    if (frame.length === 0) return true;
    const size = encodeText(`${frame.length}\n`);
    // The session copies what it sends, so the memory is used again.
    return await this.#send(size) && await this.#send(frame.rewind());
  }

  async #send(bytes: Uint8Array): Promise<boolean> {
    const how = this.#how;
    this.#how = "";
    if (how !== "" && !await succeeds(this.#session.write(how))) return false;
    return bytes.byteLength === 0 || await succeeds(this.#session.write(bytes));
  }
}

/** A session that has ended says by its status why it takes no more. */
async function succeeds(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch {
    return false;
  }
}
