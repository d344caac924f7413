import { type Bytes, encodeText } from "../../src/bytes.ts";
import type { HttpResponse } from "../../src/transport/transport.ts";

/** A response body that the test writes. */
export class FakeBody {
  /** Resolves when the reader cancels or the signal aborts. */
  readonly released: Promise<void>;
  /** How often the reader pulled. */
  pulls = 0;
  readonly #stream: ReadableStream<Bytes>;
  #controller!: ReadableStreamDefaultController<Bytes>;
  #release!: () => void;

  constructor() {
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#stream = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.pulls++;
      },
      cancel: () => this.#release(),
    }, { highWaterMark: 0 });
  }

  /** A response with this body; the signal errors it, as in a transport. */
  answer(signal: AbortSignal, status = 200): HttpResponse {
    const abort = () => {
      this.#release();
      this.fail(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    return { status, headers: new Headers(), body: this.#stream };
  }

  write(text: string): this {
    this.#controller.enqueue(encodeText(text));
    return this;
  }

  /** Writes a line of JSON for each value. */
  writeJson(...values: unknown[]): this {
    for (const value of values) this.write(JSON.stringify(value) + "\n");
    return this;
  }

  end(): this {
    this.#controller.close();
    return this;
  }

  fail(error: unknown): this {
    this.#controller.error(error);
    return this;
  }
}
