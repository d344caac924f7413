import type { Disposable, XtermTerminal } from "../../../src/xterm/mod.ts";

type Size = { cols: number; rows: number };

/** An xterm.js terminal without a page. */
export class FakeXterm implements XtermTerminal {
  cols = 80;
  rows = 24;
  element?: unknown;
  /** What was drawn. */
  text = "";
  /** False: what is written waits for `draw`. */
  drawsAtOnce = true;
  readonly listeners: Record<string, Set<(value: never) => void>> = {
    data: new Set(),
    binary: new Set(),
    resize: new Set(),
  };
  readonly #decoder = new TextDecoder();
  #drawn: (() => void)[] = [];

  /** How many listeners there are. */
  get bound(): number {
    return Object.values(this.listeners).reduce((sum, it) => sum + it.size, 0);
  }

  write(data: string | Uint8Array, callback: () => void = () => {}): void {
    this.text += typeof data === "string"
      ? data
      : this.#decoder.decode(data, { stream: true });
    this.#drawn.push(callback);
    if (this.drawsAtOnce) this.draw();
  }

  draw(): void {
    for (const callback of this.#drawn.splice(0)) queueMicrotask(callback);
  }

  type(text: string): void {
    this.#emit("data", text);
  }

  binary(text: string): void {
    this.#emit("binary", text);
  }

  resize(cols: number, rows: number): void {
    [this.cols, this.rows] = [cols, rows];
    this.#emit("resize", { cols, rows });
  }

  onData(listener: (data: string) => void): Disposable {
    return this.#on("data", listener);
  }

  onBinary(listener: (data: string) => void): Disposable {
    return this.#on("binary", listener);
  }

  onResize(listener: (size: Size) => void): Disposable {
    return this.#on("resize", listener);
  }

  #on(kind: string, listener: (value: never) => void): Disposable {
    this.listeners[kind]!.add(listener);
    return { dispose: () => void this.listeners[kind]!.delete(listener) };
  }

  #emit(kind: string, value: unknown): void {
    for (const listener of this.listeners[kind]!) listener(value as never);
  }
}
