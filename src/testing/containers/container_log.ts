import { type Bytes, decodeLatin1 } from "../../bytes.ts";
import { Notifier } from "../notifier.ts";

/**
 * The lines and characters that are kept: at least these, at most twice. A
 * kubelet keeps 10 MiB by default, however short the lines are.
 */
const LINES = 100_000;
const CHARACTERS = 10 * 2 ** 20;

/** One line of a log. */
export interface LogLine {
  /** When the line was complete: RFC 3339 in UTC, with nanoseconds. */
  readonly time: string;
  /**
   * A character for each byte; includes the line break, except in an incomplete
   * last line.
   */
  readonly text: string;
}

/**
 * The output of a container's main process, stdout and stderr in the order of
 * their arrival. As in container runtimes, each line has the time at which it
 * was complete, and an incomplete line is added at the end. Old lines are
 * discarded, and so is the beginning of one that has no end.
 */
export class ContainerLog {
  /** Whether the log is complete. */
  ended = false;
  readonly #incomplete = { 1: "", 2: "" };
  readonly #changes = new Notifier();
  #lines: LogLine[] = [];
  #characters = 0;
  #dropped = 0;
  /** The time of the newest line, since the epoch. */
  #latest = { second: 0, nanoseconds: 0 };
  #wholeSecond = "";

  /** The number of lines so far, including discarded ones. */
  get length(): number {
    return this.#dropped + this.#lines.length;
  }

  /** Adds output of stdout (1) or stderr (2). */
  append(channel: 1 | 2, bytes: Bytes): void {
    // The incomplete line is not searched again: it may have no end.
    const lines = decodeLatin1(bytes).split("\n");
    lines[0] = this.#incomplete[channel] + lines[0];
    const rest = lines.pop()!;
    this.#incomplete[channel] = rest.length > 2 * CHARACTERS
      ? rest.slice(-CHARACTERS)
      : rest;
    for (const line of lines) this.#add(`${line}\n`);
    if (lines.length > 0) this.#changes.notify();
  }

  /** Completes the log. */
  end(): void {
    for (const rest of Object.values(this.#incomplete)) {
      if (rest !== "") this.#add(rest);
    }
    this.ended = true;
    this.#changes.notify();
  }

  /** The lines from this index on, without discarded ones. */
  from(index: number): readonly LogLine[] {
    return this.#lines.slice(Math.max(0, index - this.#dropped));
  }

  /** Resolves when there are more lines or the log is complete. */
  changed(): Promise<void> {
    return this.ended ? Promise.resolve() : this.#changes.wait();
  }

  #add(text: string): void {
    this.#lines.push({ time: this.#now(), text });
    this.#characters += text.length;
    if (this.#lines.length > 2 * LINES || this.#characters > 2 * CHARACTERS) {
      this.#dropOlderHalf();
    }
  }

  #dropOlderHalf(): void {
    const dropped = this.#lines.splice(0, Math.ceil(this.#lines.length / 2));
    this.#dropped += dropped.length;
    for (const { text } of dropped) this.#characters -= text.length;
  }

  /** No two lines have the same time. */
  #now(): string {
    const milliseconds = performance.timeOrigin + performance.now();
    const microseconds = Math.floor(milliseconds * 1000);
    let second = Math.floor(microseconds / 1e6);
    let nanoseconds = (microseconds - second * 1e6) * 1000;
    const { second: latest, nanoseconds: previous } = this.#latest;
    if (
      second < latest || second === latest && nanoseconds <= previous
    ) {
      const isNext = previous === 999_999_999;
      second = isNext ? latest + 1 : latest;
      nanoseconds = isNext ? 0 : previous + 1;
    }
    if (second !== latest) {
      this.#wholeSecond = new Date(second * 1000).toISOString().slice(0, 19);
    }
    this.#latest = { second, nanoseconds };
    const fraction = String(nanoseconds).padStart(9, "0");
    return `${this.#wholeSecond}.${fraction}Z`;
  }
}
