import { type Bytes, concatBytes } from "../../../src/bytes.ts";
import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../../../src/transport/transport.ts";

/** A receiver that records events and can be awaited. */
export class Recorder implements ConnectionReceiver {
  readonly messages: Bytes[] = [];
  readonly closeInfos: CloseInfo[] = [];
  readonly closeInfo: Promise<CloseInfo>;
  /** Bytes received. */
  received = 0;
  pongs = 0;
  drains = 0;
  /** Called after each part. */
  onData: (() => void) | null = null;
  #parts: Bytes[] = [];
  #close: (closeInfo: CloseInfo) => void;
  readonly #waiting = new Set<() => void>();

  constructor() {
    const { promise, resolve } = Promise.withResolvers<CloseInfo>();
    this.closeInfo = promise;
    this.#close = resolve;
  }

  /** Opens `connection` into a new recorder. */
  static of(connection: Connection): Recorder {
    const recorder = new Recorder();
    connection.open(recorder);
    return recorder;
  }

  /** All bytes received. */
  get bytes(): Bytes {
    return concatBytes([...this.messages, ...this.#parts]);
  }

  /** Resolves when `condition` holds; checks it after every event. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  data(part: Bytes, last: boolean): void {
    this.received += part.byteLength;
    this.#parts.push(part.slice());
    if (last) this.messages.push(concatBytes(this.#parts.splice(0)));
    this.onData?.();
    this.#wake();
  }

  drained(): void {
    this.drains++;
    this.#wake();
  }

  pong(): void {
    this.pongs++;
    this.#wake();
  }

  closed(closeInfo: CloseInfo): void {
    this.closeInfos.push(closeInfo);
    this.#close(closeInfo);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
