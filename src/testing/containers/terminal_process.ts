import type { ChildProcess } from "node:child_process";
import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type {
  OutputReceiver,
  ProcessOutcome,
  StreamedProcess,
} from "./container.ts";
import { DelayedStart } from "./delayed_start.ts";
import { PipedProcess } from "./piped_process.ts";
import { resizeTerminal } from "./terminal.ts";

/** The exit code of a process that SIGKILL ended. */
const KILLED = 137;

/**
 * How many sizes wait while another is set. Two: kubectl attach sends a size that
 * is one row larger, then the real one, to make the program redraw its screen.
 */
const MAX_PENDING_SIZES = 2;

/** Spawns the process in a terminal of this size; null leaves it 0 by 0. */
export type SpawnInTerminal = (
  size: TerminalSize | null,
) => ChildProcess | { readonly failure: string };

/** A process in a terminal, which starts once its first size is known. */
export class TerminalProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;
  readonly #spawn: SpawnInTerminal;
  readonly #setSize: typeof resizeTerminal;
  readonly #outcome = Promise.withResolvers<ProcessOutcome>();
  readonly #delayedStart = new DelayedStart((size) => this.#start(size));
  #child: ChildProcess | null = null;
  #process: PipedProcess | null = null;
  #receiver: OutputReceiver | null = null;
  /** Input that waits for the start, or for a size. */
  #queuedInput: Bytes[] = [];
  #inputEnded = false;
  #paused = false;
  /** At most {@linkcode MAX_PENDING_SIZES}; the last one is always set. */
  readonly #pendingSizes: TerminalSize[] = [];
  /** Pending while sizes are being set. */
  #resizing: Promise<void> | null = null;

  /** @param setSize Sets the size of a running process's terminal. */
  constructor(spawn: SpawnInTerminal, setSize = resizeTerminal) {
    this.#spawn = spawn;
    this.#setSize = setSize;
    this.ended = this.#outcome.promise;
  }

  open(receiver: OutputReceiver): void {
    this.#receiver = receiver;
    this.#delayedStart.startTimeout();
  }

  /** Input that follows a size reaches the process after that size. */
  write(bytes: Bytes): boolean {
    if (this.#process !== null && this.#resizing === null) {
      return this.#process.write(bytes);
    }
    this.#queuedInput.push(bytes);
    return this.#process === null;
  }

  async drained(): Promise<void> {
    await this.#resizing;
    await this.#process?.drained();
  }

  endInput(): void {
    this.#inputEnded = true;
    if (this.#resizing === null) this.#process?.endInput();
  }

  pause(): void {
    this.#paused = true;
    this.#process?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#process?.resume();
  }

  /** While sizes are being set, a new one replaces the last pending one. */
  resize(size: TerminalSize): void {
    if (this.#child === null) return this.#delayedStart.begin(size);
    if (this.#pendingSizes.length === MAX_PENDING_SIZES) {
      this.#pendingSizes.pop();
    }
    this.#pendingSizes.push(size);
    this.#resizing ??= this.#setSizes(this.#child);
  }

  release(): void {
    this.#delayedStart.begin(null);
    this.#process?.release();
  }

  /** Prevents the start, unless the process has started. */
  cancel(): void {
    if (this.#process !== null) return;
    this.#delayedStart.cancel();
    this.#outcome.resolve({ exitCode: KILLED });
  }

  #start(size: TerminalSize | null): void {
    const child = this.#spawn(size);
    if ("failure" in child) return this.#outcome.resolve(child);
    this.#child = child;
    const process = new PipedProcess(child);
    this.#process = process;
    process.open(this.#receiver!);
    if (this.#paused) process.pause();
    this.#flushInput();
    process.ended.then(async (outcome) => {
      await this.#resizing;
      this.#outcome.resolve(outcome);
    });
  }

  async #setSizes(child: ChildProcess): Promise<void> {
    for (
      let size = this.#pendingSizes.shift();
      size !== undefined;
      size = this.#pendingSizes.shift()
    ) await this.#setSize(child, size);
    this.#resizing = null;
    this.#flushInput();
  }

  #flushInput(): void {
    for (const bytes of this.#queuedInput.splice(0)) {
      this.#process!.write(bytes);
    }
    if (this.#inputEnded) this.#process!.endInput();
  }
}
