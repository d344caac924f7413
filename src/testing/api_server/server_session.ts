import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { CHANNEL, channelPrefix } from "../../channel/frame.ts";
import { decodeResize } from "../../channel/resize.ts";
import {
  type ChannelProtocol,
  supportsHalfClose,
  V4,
} from "../../channel/subprotocols.ts";
import type { Status } from "../../status.ts";
import { FailedProcess } from "../containers/failed_process.ts";
import type {
  ProcessOutcome,
  StreamedProcess,
  StreamFlags,
} from "../containers/container.ts";
import { startTimer } from "../../timers.ts";
import type { StreamPeer } from "./api_request.ts";
import type { SessionFault } from "./fault.ts";

export interface ServerSessionOptions {
  readonly process: StreamedProcess;
  readonly flags: StreamFlags;
  readonly subresource: "exec" | "attach";
  readonly protocol: ChannelProtocol;
  readonly fault: SessionFault | null;
  /** Creates the Status to send when the process has ended. */
  readonly status: (outcome: ProcessOutcome) => Status;
}

const MAX_OUTPUT = 32 * 1024;
const MAX_MESSAGE = 32 * 1024 * 1024;
const MAX_CONTROL = 64 * 1024;

/** Milliseconds for sent bytes to arrive before a reset. */
const RESET_DELAY = 50;
const RESET_STEPS = 5;

/** Connects a process to a client until one of them ends. */
export function serveSession(
  peer: StreamPeer,
  options: ServerSessionOptions,
): void {
  new ServerSession(peer, options).start();
}

/**
 * The server's side of the channel protocol, with the quirks of the upstream
 * server: input that the process does not read blocks everything behind it.
 */
class ServerSession {
  readonly #peer: StreamPeer;
  readonly #options: ServerSessionOptions;
  readonly #fault: SessionFault;
  #over = false;
  #gone = false;
  #cancelReset: () => void = () => {};
  #sent = 0;
  /** The channel of the current message; null between messages. */
  #channel: number | null = null;
  #messageSize = 0;
  #control: Bytes[] = [];
  #inputEnded = false;
  #outputEnded = false;
  #resizes = 0;
  #resizeBroken = false;
  #stuck = false;

  constructor(peer: StreamPeer, options: ServerSessionOptions) {
    this.#peer = peer;
    this.#options = options;
    this.#fault = options.fault ?? {};
  }

  start(): void {
    const { process, flags, protocol } = this.#options;
    const first = flags.stdout
      ? CHANNEL.stdout
      : flags.stderr
      ? CHANNEL.stderr
      : CHANNEL.status;
    this.#peer.send(channelPrefix(first));
    process.open({ output: (channel, bytes) => this.#output(channel, bytes) });
    process.ended.then((end) => this.#ended(end));
    // Without stdin, the runtime gets one at its end.
    if (!flags.stdin && protocol === V4) this.#endInput();
    if (this.#fault.stall) return;
    this.#peer.open({
      part: (part, last) => this.#part(part, last),
      closed: () => this.#clientGone(),
    });
  }

  #output(channel: 1 | 2, bytes: Bytes): void {
    const { flags, process } = this.#options;
    const wanted = channel === CHANNEL.stdout ? flags.stdout : flags.stderr;
    if (this.#over || this.#outputEnded || !wanted) return;
    let room = true;
    for (let at = 0; at < bytes.byteLength && !this.#over; at += MAX_OUTPUT) {
      const payload = bytes.subarray(at, at + MAX_OUTPUT);
      room = this.#peer.send(channelPrefix(channel), payload);
      this.#sent += payload.byteLength;
      if (this.#sent >= (this.#fault.afterOutput ?? Infinity)) {
        return this.#finish(null);
      }
    }
    if (room) return;
    process.pause();
    this.#peer.drained().then(() => process.resume());
  }

  #part(part: Bytes, last: boolean): void {
    if (this.#over) return;
    let payload = part;
    if (this.#channel === null && part.byteLength > 0) {
      this.#channel = part[0]!;
      payload = part.subarray(1);
    }
    this.#messageSize += part.byteLength;
    if (this.#messageSize > MAX_MESSAGE) return this.#refuse();
    if (this.#channel === CHANNEL.stdin) this.#input(payload);
    else if (this.#isControl()) this.#collect(payload, last);
    if (!last) return;
    this.#channel = null;
    this.#messageSize = 0;
  }

  #input(payload: Bytes): void {
    const { process, flags } = this.#options;
    if (!flags.stdin || this.#inputEnded || payload.byteLength === 0) return;
    if (process.write(payload)) return;
    this.#peer.pause();
    process.drained().then(() => {
      if (!this.#stuck) this.#peer.resume();
    });
  }

  #isControl(): boolean {
    return this.#channel === CHANNEL.resize || this.#channel === CHANNEL.close;
  }

  #collect(payload: Bytes, last: boolean): void {
    if (this.#messageSize < MAX_CONTROL) this.#control.push(payload);
    if (!last) return;
    const message = concatBytes(this.#control);
    this.#control = [];
    if (this.#channel === CHANNEL.resize) this.#resize(message);
    else this.#halfClose(message);
  }

  /**
   * Upstream passes sizes through an unbuffered pipe without a reader when there
   * is no terminal or after invalid JSON: the next size blocks.
   */
  #resize(payload: Bytes): void {
    const { process, flags } = this.#options;
    this.#stuck = this.#resizeBroken || !flags.tty && this.#resizes > 0;
    if (this.#stuck) return this.#peer.pause();
    this.#resizes++;
    const size = decodeResize(payload);
    if (size === null) this.#resizeBroken = true;
    else if (flags.tty) process.resize(size);
  }

  #halfClose(payload: Bytes): void {
    if (!supportsHalfClose(this.#options.protocol)) return;
    const channel = payload[0];
    if (payload.byteLength !== 1 || channel! > CHANNEL.resize) {
      return this.#refuse();
    }
    if (channel === CHANNEL.stdin) this.#endInput();
  }

  #endInput(): void {
    const { process, flags, subresource } = this.#options;
    this.#inputEnded = true;
    // With a terminal, containerd closes the output and the process continues.
    if (flags.tty && subresource === "exec") this.#outputEnded = true;
    else process.endInput();
  }

  #refuse(): void {
    this.#over = true;
    this.#peer.close(1000);
    this.#options.process.release();
  }

  #clientGone(): void {
    this.#over = true;
    this.#gone = true;
    this.#cancelReset();
    this.#options.process.release();
  }

  #ended(end: ProcessOutcome): void {
    if (!this.#over) this.#finish(end);
  }

  #finish(end: ProcessOutcome | null): void {
    this.#over = true;
    this.#sendStatus(end);
    if (end === null) this.#options.process.release();
    const { then = "close", code = 1000 } = this.#fault;
    if (then === "close") this.#peer.close(code ?? undefined);
    else if (then === "drop") this.#peer.end();
    else if (then === "reset") this.#peer.drained().then(() => this.#reset());
  }

  /** Waits first: a reset drops bytes that the kernel has not sent. */
  #reset(): void {
    if (this.#gone) return;
    const reset = (): void => this.#peer.reset();
    this.#cancelReset = startTimer(RESET_DELAY, reset, { steps: RESET_STEPS });
  }

  #sendStatus(end: ProcessOutcome | null): void {
    const { status: kind = "send" } = this.#fault;
    if (kind === "omit" || end === null && kind === "send") return;
    const payload = end === null || kind !== "send"
      ? (kind as { garbage: string }).garbage
      : JSON.stringify(this.#options.status(end));
    this.#peer.send(channelPrefix(CHANNEL.status), encodeText(payload));
  }
}

/** Refuses a session on the status channel. */
export function refuseSession(
  peer: StreamPeer,
  options: Pick<ServerSessionOptions, "flags" | "subresource" | "protocol">,
  status: Status,
): void {
  const process = new FailedProcess("");
  serveSession(peer, {
    ...options,
    process,
    fault: null,
    status: () => status,
  });
}
