import { ByteBuilder, type Bytes, encodeText } from "../../bytes.ts";
import { sleep } from "../../client/backoff.ts";
import { startDeadline } from "../../client/deadline.ts";
import { CHANNEL, encodeFrame } from "../../channel/frame.ts";
import { parseStatus } from "../../channel/status_frame.ts";
import { ApiError } from "../../errors.ts";
import type { Status } from "../../status.ts";
import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../../transport/transport.ts";
import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import { startTimer } from "../../timers.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import { DeliveredOutput } from "./delivered_output.ts";
import { HeldOutput, NO_OVERLAP } from "./held_output.ts";
import { asLogged, receivedLength } from "./line_returns.ts";
import { type EndedLog, missingOutput } from "./missing_output.ts";
import { findRest } from "./rest_of_log.ts";
import {
  attachedFrom,
  lastAttachedFrom,
  linesOf,
  type Overlap,
  overlapOf,
} from "./stitch.ts";

/** Where the connection gets what an attach does not tell. */
export interface LaunchSource extends EndedLog {
  /** Reads the log so far; rejects if there is none, or too much of it. */
  readLog(signal: AbortSignal): Promise<Bytes>;
  /** Waits for the container's end, and returns it as a status. */
  end(signal: AbortSignal): Promise<Status>;
  /** Whether the container may go on after an attachment. */
  readonly outlives: boolean;
}

/**
 * How long the end of a container may be unknown after that of its attachment, in
 * milliseconds: the kubelet reports it with a delay.
 */
const END_AFTER_ATTACH = 30_000;

/** The same after an attachment that has failed. */
const END_AFTER_FAILURE = 10_000;

/** The same for a container that may go on, which is no failure. */
const END_AFTER_DETACH = 2_000;

/** How long the log may take that is compared, in milliseconds. */
const COMPARED_WITHIN = 60_000;

/** How often the log is read until it fits to what was received. */
const ATTEMPTS = 6;

/** The delay between two of these, in milliseconds; it doubles. */
const FIRST_DELAY = 20;

/** The size of the messages that the log is passed on in. */
const MESSAGE = 64 * 1024;

/** Output that is held while the log is read, before the socket is paused. */
const MOST_HELD = 4 * 2 ** 20;

/** Without output for so long the process counts as quiet, in milliseconds. */
const QUIET = 15;

/**
 * A connection to a container that was started by us, which makes an attach as
 * good as an exec: what the process has written before comes first, from the
 * log, and the last message is a status with the container's exit code.
 */
export class LaunchedConnection implements Connection {
  readonly protocol: string;
  readonly transfersBuffers: boolean;
  readonly released: Promise<void>;
  readonly #attach: Connection | null;
  readonly #source: LaunchSource;
  readonly #ending = new AbortController();
  readonly #done = Promise.withResolvers<void>();
  #receiver: ConnectionReceiver | null = null;
  /** What goes to the receiver. */
  #output: DeliveryQueue | null = null;
  #attachPaused = false;
  /** What was received before the log is known; null once it is, or needless. */
  #held: HeldOutput | null;
  /** How much of the log was passed on. */
  #passed = 0;
  readonly #stitches: boolean;
  /** Whether there is a log, as far as is known. */
  #hasLog = true;
  readonly #delivered = new DeliveredOutput();
  /** The unfinished message: its channel; null between messages. */
  #channel: number | null = null;
  readonly #status = new ByteBuilder();
  #attachEnded = false;

  /**
   * @param attach Null if the container has ended already.
   * @param stitches Whether the log is wanted of what was written before.
   */
  constructor(
    attach: Connection | null,
    protocol: string,
    source: LaunchSource,
    stitches: boolean,
  ) {
    this.protocol = protocol;
    this.transfersBuffers = attach?.transfersBuffers === true;
    this.#attach = attach;
    this.#source = source;
    this.#stitches = stitches;
    this.#held = attach !== null && stitches ? new HeldOutput() : null;
    this.released = Promise.all([attach?.released, this.#done.promise])
      .then(() => {});
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.#output = new DeliveryQueue(receiver, {
      idle: () => this.#resumeAttach(),
      ending: () => this.#stop(),
    });
    const { signal } = this.#ending;
    if (this.#attach === null) {
      this.#attachEnded = true;
      return void this.#replay(signal);
    }
    this.#attach.open({
      data: (part, last) => this.#data(part, last),
      drained: () => receiver.drained(),
      pong: () => receiver.pong(),
      closed: (info) => this.#ended(null, info),
    });
    if (this.#held !== null) void this.#begin(this.#held, signal);
  }

  send(parts: readonly Uint8Array[]): boolean {
    return this.#attachEnded || this.#attach!.send(parts);
  }

  pause(): void {
    this.#output?.pause();
    this.#pauseAttach();
  }

  resume(): void {
    this.#output?.resume();
  }

  ping(): void {
    if (!this.#attachEnded) return this.#attach!.ping();
    // The server is asked by requests now.
    queueMicrotask(() => {
      if (!this.#ending.signal.aborted) this.#receiver?.pong();
    });
  }

  close(code?: number, reason?: string): void {
    this.#stop();
    this.#attach?.close(code, reason);
  }

  abort(): void {
    this.#stop();
    this.#attach?.abort();
  }

  #stop(): void {
    this.#ending.abort();
    this.#output?.stop();
    this.#held = null;
    this.#done.resolve();
  }

  /** A part of a message of the attach. */
  #data(part: Bytes, last: boolean): void {
    if (this.#channel === null && part.byteLength === 0) return;
    const isFirst = this.#channel === null;
    const channel = this.#channel ??= part[0]!;
    if (last) this.#channel = null;
    const payload = isFirst ? part.subarray(1) : part;
    if (channel === CHANNEL.status) {
      this.#status.append(payload);
      if (last) this.#ended(parseStatus(this.#status.take()), null);
      return;
    }
    const held = this.#held;
    if (held === null) {
      this.#delivered.add(channel, payload);
      return this.#deliver(part, last);
    }
    held.add(channel, payload);
    if (held.size > MOST_HELD) this.#pauseAttach();
  }

  /** Passes on what was written before the attach. */
  async #begin(held: HeldOutput, signal: AbortSignal): Promise<void> {
    try {
      const log = await this.#source.readLog(signal);
      if (signal.aborted || this.#held !== held) return;
      // Whether all before the attach is in it shows when something comes.
      if (held.size === 0) this.#pass(log);
      if (held.size === 0) await held.begun;
      await this.#join(held, signal);
    } catch (error) {
      // Without a right to the log, for example, there is only the attach.
      this.#hasLog &&= !isRefusal(error);
      if (!signal.aborted && !this.#attachEnded) this.#live(held);
    }
  }

  /** Passes on what is missing between the log so far and the attach. */
  async #join(held: HeldOutput, signal: AbortSignal): Promise<void> {
    // Once the attach has ended, the whole log tells it for sure.
    const isOver = () =>
      signal.aborted || this.#held !== held || this.#attachEnded;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(FIRST_DELAY * 2 ** (attempt - 1), signal);
      if (isOver()) return;
      const { size } = held;
      const before = held.bytes();
      const log = await this.#source.readLog(signal);
      const lines = linesOf(asLogged(log, before));
      // What has arrived together with the log is read first.
      await sleep(QUIET, signal);
      if (isOver()) return;
      const attached = asLogged(log, held.bytes());
      const isQuiet = held.size === size && !this.#attachPaused;
      const moment = isQuiet ? "quiet" : "busy";
      const from = attachedFrom(log, attached, moment, lines);
      const isLast = attempt === ATTEMPTS - 1;
      if (from === null && !isLast) continue;
      const start = from ?? lastAttachedFrom(log, attached, lines);
      return this.#merge(log, start, held);
    }
  }

  /** Passes on a log up to where the attach began, and what that has besides. */
  #merge(log: Bytes, start: number, held: HeldOutput): void {
    // Some of what was passed on may have come by the attach, too.
    const twice = log.subarray(start, Math.max(start, this.#passed));
    this.#pass(log.subarray(0, start));
    const received = held.bytes();
    const overlap = overlapOf(twice, asLogged(log, received));
    if (overlap === null) return this.#live(held);
    const { stdout, stderr } = received;
    this.#live(held, {
      stdout: receivedLength(log, stdout, overlap.stdout),
      stderr: receivedLength(log, stderr, overlap.stderr),
    });
  }

  /** Passes on a log from its start, without what was passed on before. */
  #pass(log: Bytes): void {
    const fresh = log.slice(this.#passed);
    this.#passed = Math.max(this.#passed, log.byteLength);
    this.#passBytes(fresh);
  }

  #passBytes(bytes: Bytes, channel: number = CHANNEL.stdout): void {
    for (let at = 0; at < bytes.byteLength; at += MESSAGE) {
      const payload = bytes.subarray(at, at + MESSAGE);
      this.#delivered.add(channel, payload);
      this.#deliver(encodeFrame(channel, payload));
    }
  }

  /** From now on everything passes at once, without what was passed on before. */
  #live(held: HeldOutput, before: Overlap = NO_OVERLAP): void {
    if (this.#held !== held) return;
    this.#held = null;
    const { stdout, stderr } = held.bytes();
    const parts = [
      { channel: CHANNEL.stdout, bytes: stdout.subarray(before.stdout) },
      { channel: CHANNEL.stderr, bytes: stderr.subarray(before.stderr) },
    ];
    // The last part of a message that has not ended comes last.
    const isOpen = ({ channel }: { channel: number }) =>
      channel === this.#channel;
    for (const part of parts.sort((a, b) => +isOpen(a) - +isOpen(b))) {
      this.#passBytes(part.bytes, part.channel);
      if (!isOpen(part)) continue;
      this.#deliver(Uint8Array.of(part.channel), false);
    }
    this.#resumeAttach();
  }

  /** The attach has ended: by a status, or by its close. */
  #ended(status: Status | null, info: CloseInfo | null): void {
    if (this.#attachEnded) return;
    this.#attachEnded = true;
    void this.#finish(status, info, this.#ending.signal);
  }

  async #finish(
    status: Status | null,
    info: CloseInfo | null,
    signal: AbortSignal,
  ): Promise<void> {
    // The end of a connection tells nothing about the container.
    if (info !== null) return this.#close(info);
    const limit = new AbortController();
    const stop = () => limit.abort();
    signal.addEventListener("abort", stop, { once: true });
    const { outlives } = this.#source;
    const limitInMs = outlives
      ? END_AFTER_DETACH
      : status?.status === "Success"
      ? END_AFTER_ATTACH
      : END_AFTER_FAILURE;
    const stopTimer = startTimer(limitInMs, stop);
    let own: Status;
    try {
      own = await this.#source.end(limit.signal);
    } catch (cause) {
      if (signal.aborted) return;
      if (this.#held !== null) this.#live(this.#held);
      if (status?.status === "Failure") {
        this.#deliverStatus(status);
        return this.#close({ code: CLOSE_CODE.normal, reason: "" });
      }
      return this.#close(
        outlives
          ? { code: CLOSE_CODE.normal, reason: "" }
          : endedEarly(limit.signal.aborted, cause),
      );
    } finally {
      stopTimer();
      signal.removeEventListener("abort", stop);
    }
    await this.#complete(own, signal);
  }

  /** Delivers what the attach has not, once the log is complete, and the end. */
  async #complete(own: Status, signal: AbortSignal): Promise<void> {
    const deadline = startDeadline(
      "compare the output with the log",
      COMPARED_WITHIN,
      signal,
    );
    try {
      await this.#rest(deadline.signal);
    } catch (cause) {
      if (signal.aborted) return;
      if (!isRefusal(cause)) return this.#close(endedEarly(false, cause));
    } finally {
      deadline.release();
    }
    if (signal.aborted) return;
    if (this.#held !== null) this.#live(this.#held);
    this.#deliverStatus(own);
    this.#close({ code: CLOSE_CODE.normal, reason: "" });
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (!this.#hasLog) return;
    const held = this.#held;
    if (held === null) {
      const compared = [this.#delivered, this.#source, this.#stitches] as const;
      return this.#passBytes(await missingOutput(...compared, signal));
    }
    const log = new ByteBuilder();
    await this.#source.readWholeLog(signal, (bytes) => log.append(bytes));
    signal.throwIfAborted();
    const all = log.take();
    const attached = asLogged(all, held.bytes());
    const from = attachedFrom(all, attached, "ended");
    if (from !== null) return this.#merge(all, from, held);
    // The attach may have ended early, too.
    const found = findRest(all, attached);
    if (found !== null) {
      this.#merge(all, found.from, held);
      return this.#passBytes(found.rest);
    }
    if (all.byteLength < held.size) return this.#live(held);
    this.#pass(all);
    this.#held = null;
  }

  /** The whole session of a container that has ended before. */
  async #replay(signal: AbortSignal): Promise<void> {
    try {
      await this.#source.readWholeLog(signal, (bytes) => {
        this.#passBytes(bytes);
      });
      const status = await this.#source.end(signal);
      if (signal.aborted) return;
      this.#deliverStatus(status);
      this.#close({ code: CLOSE_CODE.normal, reason: "" });
    } catch (cause) {
      if (!signal.aborted) this.#close(endedEarly(false, cause));
    }
  }

  #deliverStatus(status: Status): void {
    const text = encodeText(JSON.stringify(status));
    this.#deliver(encodeFrame(CHANNEL.status, text));
  }

  #close(info: CloseInfo): void {
    if (this.#held !== null) this.#live(this.#held);
    this.#output!.close(info);
  }

  #deliver(part: Bytes, last = true): void {
    this.#output!.push(part, last);
  }

  #resumeAttach(): void {
    const isHolding = this.#held !== null && this.#held.size > MOST_HELD;
    if (!this.#attachPaused || this.#attachEnded || isHolding) return;
    if (this.#output!.paused) return;
    this.#attachPaused = false;
    this.#attach!.resume();
  }

  #pauseAttach(): void {
    if (this.#attachPaused || this.#attachEnded) return;
    this.#attachPaused = true;
    this.#attach!.pause();
  }
}

/** Whether the server has answered that there is no log. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus < 500;
}

function endedEarly(isLate: boolean, cause: unknown): CloseInfo {
  const words = cause instanceof Error ? cause.message : String(cause);
  const reason = isLate
    ? "the attachment has ended while the container runs"
    : words;
  return { code: CLOSE_CODE.abnormal, reason };
}
