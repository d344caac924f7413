import { ByteBuilder, type Bytes, encodeText } from "../../bytes.ts";
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
import { sleep, startTimer } from "../../timers.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import type { HeldOutput } from "./held_output.ts";
import { type EndedLog, missingOutput } from "./missing_output.ts";
import { StitchedOutput } from "./stitched_output.ts";

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

/** Without output for so long the process counts as quiet, in milliseconds. */
const QUIET = 15;

/** How a connection ends that has delivered everything. */
const CLEAN: CloseInfo = { code: CLOSE_CODE.normal, reason: "" };

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
  readonly #queue: DeliveryQueue;
  readonly #output: StitchedOutput;
  readonly #stitches: boolean;
  /** Whether there is a log, as far as is known. */
  #hasLog = true;
  #attachPaused = false;
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
    this.#queue = new DeliveryQueue({
      idle: () => this.#resumeAttach(),
      ending: () => this.#stop(),
    });
    this.#output = new StitchedOutput(
      this.#queue,
      attach !== null && stitches,
    );
    this.released = Promise.all([attach?.released, this.#done.promise])
      .then(() => {});
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.#queue.open(receiver);
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
    const { held } = this.#output;
    if (held !== null) void this.#begin(held, signal);
  }

  send(parts: readonly Uint8Array[]): boolean {
    return this.#attachEnded || this.#attach!.send(parts);
  }

  pause(): void {
    this.#queue.pause();
    this.#pauseAttach();
  }

  resume(): void {
    this.#queue.resume();
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
    this.#queue.stop();
    this.#output.drop();
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
    this.#output.attached(channel, payload, part, last);
    if (this.#output.isFull) this.#pauseAttach();
  }

  /** Passes on what was written before the attach. */
  async #begin(held: HeldOutput, signal: AbortSignal): Promise<void> {
    try {
      const log = await this.#source.readLog(signal);
      if (signal.aborted || this.#output.held !== held) return;
      // Whether all before the attach is in it shows when something comes.
      if (held.size === 0) this.#output.log(log);
      if (held.size === 0) await held.begun;
      await this.#join(held, signal);
    } catch (error) {
      // Without a right to the log, for example, there is only the attach.
      this.#hasLog &&= !isRefusal(error);
      if (signal.aborted || this.#attachEnded) return;
      this.#output.release();
      this.#resumeAttach();
    }
  }

  /** Passes on what is missing between the log so far and the attach. */
  async #join(held: HeldOutput, signal: AbortSignal): Promise<void> {
    // Once the attach has ended, the whole log tells it for sure.
    const isOver = () =>
      signal.aborted || this.#output.held !== held || this.#attachEnded;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await sleep(FIRST_DELAY * 2 ** (attempt - 2), signal);
      if (isOver()) return;
      const { size } = held;
      const before = held.bytes();
      const log = await this.#source.readLog(signal);
      // What has arrived together with the log is read first.
      await sleep(QUIET, signal);
      if (isOver()) return;
      const isQuiet = held.size === size && !this.#attachPaused;
      const moment = isQuiet ? "quiet" : "busy";
      const isLast = attempt === ATTEMPTS;
      if (!this.#output.join(log, before, moment, isLast)) continue;
      return this.#resumeAttach();
    }
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
    const { outlives } = this.#source;
    const limit = startDeadline("wait for the end", null, signal);
    const stopTimer = startTimer(
      outlives
        ? END_AFTER_DETACH
        : status?.status === "Success"
        ? END_AFTER_ATTACH
        : END_AFTER_FAILURE,
      () => limit.abort(undefined),
    );
    let end: Status;
    try {
      end = await this.#source.end(limit.signal);
    } catch (cause) {
      if (signal.aborted) return;
      if (status?.status === "Failure") return this.#closeWith(status);
      return this.#close(
        outlives ? CLEAN : endedEarly(limit.signal.aborted, cause),
      );
    } finally {
      stopTimer();
      limit.release();
    }
    await this.#complete(end, signal);
  }

  /** Delivers what the attach has not, once the log is complete, and the end. */
  async #complete(end: Status, signal: AbortSignal): Promise<void> {
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
    if (!signal.aborted) this.#closeWith(end);
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (!this.#hasLog) return;
    const { held, delivered } = this.#output;
    if (held === null) {
      const compared = [delivered, this.#source, this.#stitches] as const;
      const missing = await missingOutput(...compared, signal);
      return this.#output.pass(missing);
    }
    const log = new ByteBuilder();
    await this.#source.readWholeLog(signal, (bytes) => log.append(bytes));
    signal.throwIfAborted();
    this.#output.complete(log.take());
  }

  /** The whole session of a container that has ended before. */
  async #replay(signal: AbortSignal): Promise<void> {
    try {
      await this.#source.readWholeLog(signal, (bytes) => {
        this.#output.pass(bytes);
      });
      const status = await this.#source.end(signal);
      if (!signal.aborted) this.#closeWith(status);
    } catch (cause) {
      if (!signal.aborted) this.#close(endedEarly(false, cause));
    }
  }

  /** Delivers a status, behind all output, and a clean end. */
  #closeWith(status: Status): void {
    this.#output.release();
    const text = encodeText(JSON.stringify(status));
    this.#queue.push(encodeFrame(CHANNEL.status, text), true);
    this.#close(CLEAN);
  }

  #close(info: CloseInfo): void {
    this.#output.release();
    this.#queue.close(info);
  }

  #resumeAttach(): void {
    if (!this.#attachPaused || this.#attachEnded) return;
    if (this.#output.isFull || this.#queue.paused) return;
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
