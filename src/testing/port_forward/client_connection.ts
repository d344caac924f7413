import type { Bytes } from "../../bytes.ts";
import { startTimer } from "../../timers.ts";
import type {
  StreamPeer,
  StreamPeerReceiver,
} from "../api_server/api_request.ts";
import type { PortForwardFault } from "../api_server/fault.ts";
import type { PortConnection } from "./port_connection.ts";

/** Milliseconds for sent bytes to arrive before a reset. */
const RESET_DELAY = 50;
const RESET_STEPS = 5;

/** Milliseconds for bytes that have arrived to be read before a close. */
const UNREAD_DELAY = 20;
const UNREAD_STEPS = 4;

/** A client's connection, which its forwarded ports share, and its fault. */
export class ClientConnection {
  readonly #peer: StreamPeer;
  readonly #fault: PortForwardFault;
  /** How many forwarded ports cannot take more input. */
  #waiting = 0;
  #sent = 0;
  #over = false;
  #cancelReset: () => void = () => {};
  #closeNow: () => void = () => {};

  constructor(peer: StreamPeer, fault: PortForwardFault | null) {
    this.#peer = peer;
    this.#fault = fault ?? {};
  }

  open({ part, closed }: StreamPeerReceiver): void {
    this.#peer.open({
      part: (bytes, last) => {
        if (!this.#over) part(bytes, last);
      },
      closed: () => {
        this.#over = true;
        this.#cancelReset();
        this.#closeNow();
        closed();
      },
    });
    if (this.#waiting > 0) this.#peer.pause();
  }

  /** Sends a message. */
  send(...parts: readonly Uint8Array[]): void {
    if (!this.#over) this.#peer.send(...parts);
  }

  /**
   * Sends what came from a port, which waits while the client does not read.
   *
   * @param head Encodes the bytes in front of so many of output.
   */
  output(
    port: PortConnection,
    bytes: Bytes,
    head: (length: number) => Uint8Array,
  ): void {
    if (this.#over) return;
    const left = (this.#fault.afterOutput ?? Infinity) - this.#sent;
    const payload = bytes.byteLength < left ? bytes : bytes.subarray(0, left);
    this.#sent += payload.byteLength;
    const room = this.#peer.send(head(payload.byteLength), payload);
    if (payload.byteLength >= left) return this.#break();
    if (room) return;
    port.pause();
    this.#peer.drained().then(() => port.resume());
  }

  /** Reads nothing from the client until a promise resolves. */
  async waitFor(ready: Promise<unknown>): Promise<void> {
    this.#waiting++;
    this.#peer.pause();
    await ready;
    this.#waiting--;
    if (this.#waiting === 0 && !this.#over) this.#peer.resume();
  }

  /**
   * Ends the connection with a Close frame. Reads what has arrived first: a socket
   * that is closed with unread bytes is reset, and the client may lose the words
   * before.
   */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#waiting === 0) return this.#peer.close(1000);
    this.#peer.resume();
    const cancel = startTimer(UNREAD_DELAY, () => this.#peer.close(1000), {
      steps: UNREAD_STEPS,
    });
    this.#closeNow = () => {
      cancel();
      this.#peer.close(1000);
    };
  }

  #break(): void {
    const { then = "close" } = this.#fault;
    if (then === "close") return this.close();
    this.#over = true;
    if (then === "drop") this.#peer.end();
    else if (then === "stall") this.#peer.pause();
    else this.#peer.drained().then(() => this.#reset());
  }

  /** Waits first: a reset drops bytes that the kernel has not sent. */
  #reset(): void {
    const reset = (): void => this.#peer.reset();
    this.#cancelReset = startTimer(RESET_DELAY, reset, { steps: RESET_STEPS });
  }
}
