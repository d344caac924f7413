import type { Bytes } from "../../bytes.ts";
import { CHANNEL, encodeFrame } from "../../channel/frame.ts";
import { DeliveredOutput } from "./delivered_output.ts";
import type { DeliveryQueue } from "./delivery_queue.ts";
import { HeldOutput } from "./held_output.ts";
import { asLogged, receivedLength } from "./line_returns.ts";
import { findRest } from "./rest_of_log.ts";
import {
  type Attached,
  attachedFrom,
  lastAttachedFrom,
  linesOf,
  type LogMoment,
  type Overlap,
  overlapOf,
} from "./stitch.ts";

/** The size of the messages that the log is passed on in. */
const MESSAGE = 64 * 1024;

/** Output that is held while the log is read, before the socket is paused. */
const MOST_HELD = 4 * 2 ** 20;

/** An attach of which nothing was passed on before. */
const NO_OVERLAP: Overlap = { stdout: 0, stderr: 0 };

/**
 * The output of a started container, from its log and from its attach: the log up
 * to where the attach began, then what the attach has received. That is held until
 * the log is known.
 */
export class StitchedOutput {
  readonly #queue: DeliveryQueue;
  readonly #delivered = new DeliveredOutput();
  /** What was received before the log is known; null once it is, or needless. */
  #held: HeldOutput | null;
  /** How much of the log was passed on. */
  #logged = 0;
  /** The channel of the attach's message that has not ended; else null. */
  #open: number | null = null;

  /** @param holds Whether the output of the attach waits for the log. */
  constructor(queue: DeliveryQueue, holds: boolean) {
    this.#queue = queue;
    this.#held = holds ? new HeldOutput() : null;
  }

  /** What waits for the log; null once everything passes at once. */
  get held(): HeldOutput | null {
    return this.#held;
  }

  /** Whether no more should be received before the log is known. */
  get isFull(): boolean {
    return this.#held !== null && this.#held.size > MOST_HELD;
  }

  /** What was passed on. */
  get delivered(): DeliveredOutput {
    return this.#delivered;
  }

  /** Takes a part of a message of the attach, with its payload. */
  attached(channel: number, payload: Bytes, part: Bytes, last: boolean): void {
    this.#open = last ? null : channel;
    if (this.#held !== null) return this.#held.add(channel, payload);
    this.#delivered.add(channel, payload);
    this.#queue.push(part, last);
  }

  /** Passes on a log from its start, without what was passed on before. */
  log(log: Bytes): void {
    const fresh = log.slice(this.#logged);
    this.#logged = Math.max(this.#logged, log.byteLength);
    this.pass(fresh);
  }

  /** Passes on output that the attach has not received. */
  pass(bytes: Bytes, channel: number = CHANNEL.stdout): void {
    for (let at = 0; at < bytes.byteLength; at += MESSAGE) {
      const payload = bytes.subarray(at, at + MESSAGE);
      this.#delivered.add(channel, payload);
      this.#queue.push(encodeFrame(channel, payload), true);
    }
  }

  /**
   * Passes on what is missing between the log and the attach, and what is held, if
   * the log shows where the attach began.
   *
   * @param before What was held before the log was read.
   * @param isLast Whether the log counts even if it does not show it.
   * @returns Whether it was passed on.
   */
  join(
    log: Bytes,
    before: Attached,
    moment: LogMoment,
    isLast: boolean,
  ): boolean {
    const attached = asLogged(log, this.#held!.bytes());
    const lines = linesOf(asLogged(log, before));
    const from = attachedFrom(log, attached, moment, lines);
    if (from === null && !isLast) return false;
    this.#merge(log, from ?? lastAttachedFrom(log, attached, lines));
    return true;
  }

  /** The same with the whole log, after the end of the container. */
  complete(log: Bytes): void {
    const held = this.#held!;
    const attached = asLogged(log, held.bytes());
    const from = attachedFrom(log, attached, "ended");
    if (from !== null) return this.#merge(log, from);
    // The attach may have ended early, too.
    const found = findRest(log, attached);
    if (found !== null) {
      this.#merge(log, found.from);
      return this.pass(found.rest);
    }
    if (log.byteLength < held.size) return this.release();
    this.log(log);
    this.#held = null;
  }

  /** Passes on a log up to where the attach began, and what that has besides. */
  #merge(log: Bytes, start: number): void {
    // Some of what was passed on may have come by the attach, too.
    const twice = log.subarray(start, Math.max(start, this.#logged));
    this.log(log.subarray(0, start));
    const received = this.#held!.bytes();
    const overlap = overlapOf(twice, asLogged(log, received));
    if (overlap === null) return this.release();
    const { stdout, stderr } = received;
    this.release({
      stdout: receivedLength(log, stdout, overlap.stdout),
      stderr: receivedLength(log, stderr, overlap.stderr),
    });
  }

  /**
   * From now on everything passes at once. Does nothing if nothing is held.
   *
   * @param before What of the held output was passed on before.
   */
  release(before: Overlap = NO_OVERLAP): void {
    if (this.#held === null) return;
    const { stdout, stderr } = this.#held.bytes();
    this.#held = null;
    const parts = [
      { channel: CHANNEL.stdout, bytes: stdout.subarray(before.stdout) },
      { channel: CHANNEL.stderr, bytes: stderr.subarray(before.stderr) },
    ];
    // The last part of a message that has not ended comes last.
    const isOpen = ({ channel }: { channel: number }) => channel === this.#open;
    for (const part of parts.sort((a, b) => +isOpen(a) - +isOpen(b))) {
      this.pass(part.bytes, part.channel);
      if (!isOpen(part)) continue;
      this.#queue.push(Uint8Array.of(part.channel), false);
    }
  }

  /** Drops what is held. */
  drop(): void {
    this.#held = null;
  }
}
