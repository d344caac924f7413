import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { BufferOverflowError } from "../../errors.ts";
import { withoutReturns } from "./line_returns.ts";
import type { RunOnceRequest } from "./one_shot_options.ts";

const LF = 10;

/** What a command has written, from its attachment and from its log. */
export class RunOutput {
  readonly #request: RunOnceRequest;
  readonly #stdout = new ByteBuilder();
  readonly #stderr = new ByteBuilder();
  readonly #log = new ByteBuilder();
  #logged = 0;
  /** The same without CRs, of which containerd's log lacks some. */
  #loggedText = 0;
  #receivedText = 0;
  /** The streams that end within a line, which containerd's log completes. */
  readonly #unfinished = new Set<ByteBuilder>();
  /** Whether nothing comes from an attachment any more. */
  #detached = false;
  #result: ReturnType<RunOutput["result"]> | null = null;

  constructor(request: RunOnceRequest) {
    this.#request = request;
  }

  /** The most bytes of each stream that are kept. */
  get limit(): number {
    return this.#request.maxBuffer;
  }

  /** Whether the attachment has received as much as there is in the log. */
  get isComplete(): boolean {
    return this.#receivedText + this.#unfinished.size >= this.#loggedText;
  }

  /** @throws {BufferOverflowError} It is more than may be kept. */
  attached(channel: "stdout" | "stderr", bytes: Bytes): void {
    const kept = channel === "stdout" ? this.#stdout : this.#stderr;
    const excess = this.#append(kept, bytes);
    if (excess > 0) throw this.overflow(channel, excess);
    this.#receivedText += withoutReturns(bytes).byteLength;
    if (bytes.at(-1) === LF) this.#unfinished.delete(kept);
    else this.#unfinished.add(kept);
  }

  /**
   * The attachment has ended, or there is none.
   *
   * @throws {BufferOverflowError} The output is only in the log, and too long.
   */
  detach(): void {
    this.#detached = true;
    this.#check();
  }

  /**
   * What exceeds the limit is counted: the attachment may have all of it.
   *
   * @throws {BufferOverflowError} The output is only in the log, and too long.
   */
  logged(bytes: Bytes): void {
    this.#logged += bytes.byteLength;
    this.#loggedText += withoutReturns(bytes).byteLength;
    this.#append(this.#log, bytes);
    if (this.#detached) this.#check();
  }

  #check(): void {
    if (this.isComplete) return;
    const excess = this.#logged - this.#log.length;
    if (excess > 0) throw this.overflow("stdout", excess);
  }

  result(): { stdout: Bytes; stderr: Bytes; interleaved: boolean } {
    return this.#result ??= this.isComplete
      ? {
        stdout: this.#stdout.take(),
        stderr: this.#stderr.take(),
        interleaved: false,
      }
      : {
        stdout: this.#log.take(),
        stderr: new Uint8Array(),
        interleaved: true,
      };
  }

  /** @returns How many bytes there was no room for. */
  #append(kept: ByteBuilder, bytes: Bytes): number {
    const room = this.#request.maxBuffer - kept.length;
    const fitting = bytes.subarray(0, Math.min(room, bytes.byteLength));
    kept.append(fitting);
    return bytes.byteLength - fitting.byteLength;
  }

  /** The error of a stream of which `discarded` bytes are not kept. */
  overflow(
    channel: "stdout" | "stderr",
    discarded: number,
  ): BufferOverflowError {
    const { action, maxBuffer: limit } = this.#request;
    return new BufferOverflowError(
      `Cannot ${action}: ${channel} exceeds maxBuffer, ${limit} bytes`,
      { channel, limit, discarded },
    );
  }
}
