import { type Bytes, decodeText, encodeText } from "../../../src/bytes.ts";
import type { TerminalSize } from "../../../src/channel/resize.ts";
import type { InputReader } from "../../../src/platform/terminal/input.ts";
import type { OutputWriter } from "../../../src/platform/terminal/output.ts";
import type { Terminal } from "../../../src/platform/terminal/terminal.ts";

/** A terminal that a test types at and looks at. */
export class FakeTerminal implements Terminal {
  stdinIsTTY = true;
  /** The current size of stdout. */
  currentSize: TerminalSize | null = { width: 80, height: 24 };
  /** Each change of the mode. */
  readonly modes: ("raw" | "cooked")[] = [];
  readonly written = { stdout: "", stderr: "" };
  /** Each write waits for this promise, and rejects with it. */
  writable: Promise<void> = Promise.resolve();
  /** The number of chunks read. */
  reads = 0;
  /** The readers, writers and listeners in use. */
  readonly open: Set<string> = new Set();
  #input: (Bytes | null)[] = [];
  #wake: () => void = () => {};
  #onResize: () => void = () => {};
  #onExit: (exitCode: number) => void = () => {};
  #onSuspend: () => void = () => {};
  #onContinue: () => void = () => {};

  /** Types keys; null ends the input. */
  type(keys: string | null): void {
    this.#input.push(keys === null ? null : encodeText(keys));
    this.#wake();
  }

  /** Changes the size. */
  resize(size: TerminalSize | null): void {
    this.currentSize = size;
    this.#onResize();
  }

  /** Runs the exit hook. */
  exit(exitCode: number): void {
    this.#onExit(exitCode);
  }

  /** Suspends the process. */
  suspend(): void {
    this.#onSuspend();
  }

  /** Resumes the process. */
  continue(): void {
    this.#onContinue();
  }

  size(): TerminalSize | null {
    return this.currentSize;
  }

  onResize(callback: () => void): () => void {
    this.#onResize = callback;
    return this.#opened("resize");
  }

  setRawMode(raw: boolean): void {
    this.modes.push(raw ? "raw" : "cooked");
  }

  openInput(): InputReader {
    const closed = this.#opened("stdin");
    return {
      read: async () => {
        while (this.open.has("stdin")) {
          const chunk = this.#input.shift();
          if (chunk !== undefined) {
            this.reads++;
            return chunk;
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
        this.written[name] += decodeText(bytes);
      },
      close,
    };
  }

  onExit(callback: (exitCode: number) => void): () => void {
    this.#onExit = callback;
    return this.#opened("exit hook");
  }

  onSuspend(suspend: () => void, resume: () => void): () => void {
    this.#onSuspend = suspend;
    this.#onContinue = resume;
    return this.#opened("suspension");
  }

  #opened(what: string): () => void {
    this.open.add(what);
    return () => void this.open.delete(what);
  }
}
