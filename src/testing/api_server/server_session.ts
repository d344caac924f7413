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
import type { StreamPeer } from "./exchange.ts";
import type { SessionFault } from "./fault.ts";

/** What a session connects. */
export interface ServerSessionOptions {
  readonly process: StreamedProcess;
  readonly flags: StreamFlags;
  readonly subresource: "exec" | "attach";
  readonly protocol: ChannelProtocol;
  readonly fault: SessionFault | null;
  /** The Status to send when the process has ended. */
  readonly status: (end: ProcessOutcome) => Status;
}

const MAX_OUTPUT = 32 * 1024;
const MAX_MESSAGE = 32 * 1024 * 1024;
const MAX_CONTROL = 64 * 1024;

/** How long before a reset what was sent may take to arrive, in milliseconds. */
const RESET_DELAY = 50;
const RESET_STEPS = 5;

/** Connects a process to a client, until one of them ends. */
export function serveSession(
  peer: StreamPeer,
  options: ServerSessionOptions,
): void {
  new ServerSession(peer, options).start();
}

/**
 * The server's side of the channel protocol, with the quirks of the real one:
 * what a process does not read stalls everything behind it.
 */
class ServerSession {
  readonly #peer: StreamPeer;
  readonly #options: ServerSessionOptions;
  readonly #fault: SessionFault;
  #over = false;
  #gone = false;
  #cancelReset: () => void = () => {};
  #sent = 0;
  /** The channel of the message that is coming in; null between messages. */
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
    // The runtime is handed a stdin that is at its end where there is none.
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
   * Upstream hands sizes on through a pipe that nobody empties without a
   * terminal, or after a size that does not parse: the next one blocks.
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
    // With a terminal, containerd closes the output and leaves the process.
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

  /** A reset drops what the kernel has not yet sent: what came before is to arrive. */
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

/** A session that fails before there is a process, told in band. */
export function refuseInBand(
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
