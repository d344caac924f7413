import type {
  Connection,
  ConnectionReceiver,
} from "../../transport/transport.ts";
import type { StreamPeer, StreamPeerReceiver } from "../api_server/exchange.ts";
import { MemoryPipe } from "./memory_pipe.ts";

const NO_CLOSE = { code: 1006, reason: "" };
const NO_CODE = 1005;

/** A connection between a client and a server in one process. */
export class MemoryConnection implements Connection {
  readonly protocol: string;
  readonly released: Promise<void>;
  /** The server's end. */
  readonly peer: StreamPeer;
  readonly #up = new MemoryPipe();
  readonly #down = new MemoryPipe();
  readonly #release: () => void;
  #receiver: ConnectionReceiver | null = null;

  constructor(protocol: string) {
    this.protocol = protocol;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.released = promise;
    this.#release = resolve;
    this.peer = this.#createPeer();
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.#down.open({
      message: (bytes) => receiver.data(bytes, true),
      ping: () => receiver.pong(),
      ended: (closure) => {
        this.#up.stop();
        this.#release();
        receiver.closed(closure);
      },
    });
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#up.send(parts)) return true;
    this.#up.drained().then(() => this.#receiver?.drained());
    return false;
  }

  pause(): void {
    this.#down.pause();
  }

  resume(): void {
    this.#down.resume();
  }

  ping(): void {
    this.#up.ping();
  }

  close(code = NO_CODE, reason = ""): void {
    this.#up.end({ code, reason });
    this.#leave();
  }

  abort(): void {
    this.#up.cut(NO_CLOSE);
    this.#leave();
  }

  #leave(): void {
    this.#receiver = null;
    this.#down.stop();
    this.#release();
  }

  #createPeer(): StreamPeer {
    const [up, down] = [this.#up, this.#down];
    return {
      open: (receiver: StreamPeerReceiver) =>
        up.open({
          message: (bytes) => receiver.part(bytes, true),
          // Answered as the same word: it comes out as the client's pong.
          ping: () => down.ping(),
          ended: () => receiver.closed(),
        }),
      send: (...parts) => down.send(parts),
      drained: () => down.drained(),
      pause: () => up.pause(),
      resume: () => up.resume(),
      close: (code = NO_CODE, reason = "") => down.end({ code, reason }),
      end: () => down.end(NO_CLOSE),
      reset: () => down.cut(NO_CLOSE),
    };
  }
}
