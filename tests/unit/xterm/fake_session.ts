import { encodeText } from "../../../src/bytes.ts";
import type { TerminalSize } from "../../../src/channel/resize.ts";
import type { TerminalSession } from "../../../src/xterm/mod.ts";

/** A session whose output and end a test decides. */
export class FakeSession implements TerminalSession {
  readonly subresource: "exec" | "attach";
  readonly tty: boolean;
  readonly hasStdin = true;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exitCode: Promise<number | null>;
  /** What was written to stdin. */
  readonly written: (string | Uint8Array)[] = [];
  readonly sizes: TerminalSize[] = [];
  readonly #outputs: ReadableStreamDefaultController<Uint8Array>[] = [];
  readonly #outcome = Promise.withResolvers<number | null>();

  constructor(
    { subresource = "exec", tty = true }: {
      subresource?: "exec" | "attach";
      tty?: boolean;
    } = {},
  ) {
    this.subresource = subresource;
    this.tty = tty;
    this.stdout = this.#open();
    this.stderr = this.#open();
    if (tty) this.#outputs[1]!.close();
    this.exitCode = this.#outcome.promise;
    this.exitCode.catch(() => {});
  }

  print(data: string | Uint8Array, output = 0): void {
    const bytes = typeof data === "string" ? encodeText(data) : data;
    this.#outputs[output]!.enqueue(bytes);
  }

  exit(exitCode: number | null): void {
    for (const output of this.#running) output.close();
    this.#outcome.resolve(exitCode);
  }

  fail(error: Error): void {
    for (const output of this.#running) output.error(error);
    this.#outcome.reject(error);
  }

  write(data: string | Uint8Array): Promise<void> {
    this.written.push(data);
    return Promise.resolve();
  }

  resize(size: TerminalSize): Promise<void> {
    this.sizes.push(size);
    return Promise.resolve();
  }

  get #running(): ReadableStreamDefaultController<Uint8Array>[] {
    return this.tty ? this.#outputs.slice(0, 1) : this.#outputs;
  }

  #open(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => void this.#outputs.push(controller),
    });
  }
}
