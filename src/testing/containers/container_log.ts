import type { Bytes } from "../../bytes.ts";
import type { ContainerLog, LogLine } from "./container.ts";

/** Lines and characters that are kept at least, and twice that at most. */
const LINES = 20_000;
const CHARACTERS = 2 * 2 ** 20;

/**
 * A log as container runtimes keep it: line by line, each with the time at
 * which it was whole; an unfinished one comes with the end. The latest lines are
 * kept, some mebibytes of them.
 */
export class LineLog implements ContainerLog {
  ended = false;
  readonly #unfinished = { 1: "", 2: "" };
  readonly #decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  #lines: LogLine[] = [];
  #characters = 0;
  #dropped = 0;
  #latest = 0n;
  #changed = Promise.withResolvers<void>();

  get length(): number {
    return this.#dropped + this.#lines.length;
  }

  /** Adds output of stdout (1) or stderr (2). */
  append(channel: 1 | 2, bytes: Bytes): void {
    const text = this.#decoders[channel].decode(bytes, { stream: true });
    const lines = (this.#unfinished[channel] + text).split("\n");
    this.#unfinished[channel] = lines.pop()!;
    for (const line of lines) this.#add(`${line}\n`);
    if (lines.length > 0) this.#notify();
  }

  /** Says that no more will come. */
  end(): void {
    for (const rest of Object.values(this.#unfinished)) {
      if (rest !== "") this.#add(rest);
    }
    this.ended = true;
    this.#notify();
  }

  from(index: number): readonly LogLine[] {
    return this.#lines.slice(Math.max(0, index - this.#dropped));
  }

  changed(): Promise<void> {
    return this.ended ? Promise.resolve() : this.#changed.promise;
  }

  #add(text: string): void {
    this.#lines.push({ time: this.#now(), text });
    this.#characters += text.length;
    if (this.#lines.length > 2 * LINES || this.#characters > 2 * CHARACTERS) {
      this.#drop();
    }
  }

  /** Forgets the older half. */
  #drop(): void {
    const dropped = this.#lines.splice(0, Math.ceil(this.#lines.length / 2));
    this.#dropped += dropped.length;
    for (const { text } of dropped) this.#characters -= text.length;
  }

  /** RFC 3339 with nanoseconds, as runtimes write it; no two lines have the same. */
  #now(): string {
    const milliseconds = performance.timeOrigin + performance.now();
    const now = BigInt(Math.floor(milliseconds * 1000)) * 1000n;
    this.#latest = now > this.#latest ? now : this.#latest + 1n;
    const seconds = Number(this.#latest / 1_000_000_000n);
    const fraction = String(this.#latest % 1_000_000_000n).padStart(9, "0");
    const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
    return `${whole}.${fraction}Z`;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
