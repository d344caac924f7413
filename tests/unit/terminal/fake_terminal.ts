import type {
  InputReader,
  LocalTerminal,
  OutputWriter,
} from "../../../src/platform/terminal/terminal.ts";
import { type Bytes, decodeText, encodeText } from "../../../src/bytes.ts";
import type { TerminalSize } from "../../../src/channel/resize.ts";

/** A terminal that the test sits at. */
export class FakeTerminal implements LocalTerminal {
  isTyped = true;
  /** What stdout says of its size. */
  now: TerminalSize | null = { width: 80, height: 24 };
  /** Each change of its mode. */
  readonly modes: ("raw" | "cooked")[] = [];
  readonly shown = { stdout: "", stderr: "" };
  /** What a write waits for; rejected, it fails. */
  writable: Promise<void> = Promise.resolve();
  /** How many chunks were read. */
  reads = 0;
  /** Whether somebody reads, writes, or listens. */
  readonly open: Set<string> = new Set();
  #typed: (Bytes | null)[] = [];
  #wake: () => void = () => {};
  #resized: () => void = () => {};
  #departed: (exitCode: number) => void = () => {};

  /** Types; null ends the input. */
  type(keys: string | null): void {
    this.#typed.push(keys === null ? null : encodeText(keys));
    this.#wake();
  }

  /** Changes its size. */
  resize(size: TerminalSize | null): void {
    this.now = size;
    this.#resized();
  }

  /** Tells that the process goes. */
  depart(exitCode: number): void {
    this.#departed(exitCode);
  }

  size(): TerminalSize | null {
    return this.now;
  }

  onResize(callback: () => void): () => void {
    this.#resized = callback;
    return this.#opened("resize");
  }

  setRaw(raw: boolean): void {
    this.modes.push(raw ? "raw" : "cooked");
  }

  openInput(): InputReader {
    const closed = this.#opened("stdin");
    return {
      read: async () => {
        while (this.open.has("stdin")) {
          const typed = this.#typed.shift();
          if (typed !== undefined) {
            this.reads++;
            return typed;
          }
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        return null;
      },
      close: () => {
        closed();
        this.#wake();
        return Promise.resolve();
      },
    };
  }

  openOutput(name: "stdout" | "stderr"): OutputWriter {
    const close = this.#opened(name);
    return {
      write: async (bytes) => {
        await this.writable;
        this.shown[name] += decodeText(bytes);
      },
      close,
    };
  }

  onDeparture(callback: (exitCode: number) => void): () => void {
    this.#departed = callback;
    return this.#opened("departure");
  }

  #opened(what: string): () => void {
    this.open.add(what);
    return () => void this.open.delete(what);
  }
}
