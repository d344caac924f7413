import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import type {
  Connection,
  ConnectionReceiver,
} from "../../transport/transport.ts";
import type {
  StreamPeer,
  StreamPeerReceiver,
} from "../api_server/api_request.ts";
import { MemoryPipe } from "./memory_pipe.ts";

const NO_CLOSE = { code: CLOSE_CODE.abnormal, reason: "" };

/** A connection between a client and a server in the same process. */
export class MemoryConnection implements Connection {
  readonly protocol: string;
  readonly released: Promise<void>;
  /** The server's end. */
  readonly peer: StreamPeer;
  readonly #toServer = new MemoryPipe();
  readonly #toClient = new MemoryPipe();
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
    this.#toClient.open({
      message: (bytes) => receiver.data(bytes, true),
      ping: () => receiver.pong(),
      ended: (info) => {
        this.#toServer.stop();
        this.#release();
        receiver.closed(info);
      },
    });
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#toServer.send(parts)) return true;
    this.#toServer.drained().then(() => this.#receiver?.drained());
    return false;
  }

  pause(): void {
    this.#toClient.pause();
  }

  resume(): void {
    this.#toClient.resume();
  }

  ping(): void {
    this.#toServer.ping();
  }

  close(code: number = CLOSE_CODE.noStatus, reason = ""): void {
    this.#toServer.end({ code, reason });
    this.#disconnect();
  }

  abort(): void {
    this.#toServer.reset(NO_CLOSE);
    this.#disconnect();
  }

  #disconnect(): void {
    this.#receiver = null;
    this.#toClient.stop();
    this.#release();
  }

  #createPeer(): StreamPeer {
    const [toServer, toClient] = [this.#toServer, this.#toClient];
    return {
      open: (receiver: StreamPeerReceiver) =>
        toServer.open({
          message: (bytes) => receiver.part(bytes, true),
          // The client's pipe delivers a ping as its pong.
          ping: () => toClient.ping(),
          ended: () => receiver.closed(),
        }),
      send: (...parts) => toClient.send(parts),
      drained: () => toClient.drained(),
      pause: () => toServer.pause(),
      resume: () => toServer.resume(),
      close: (code: number = CLOSE_CODE.noStatus, reason = "") =>
        toClient.end({ code, reason }),
      end: () => toClient.end(NO_CLOSE),
      reset: () => toClient.reset(NO_CLOSE),
    };
  }
}
