import type { ChildProcess } from "node:child_process";
import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import { DelayedStart } from "./delayed_start.ts";
import type {
  OutputReceiver,
  ProcessOutcome,
  StreamedProcess,
} from "./container.ts";
import { PipedProcess } from "./piped_process.ts";
import { resizeTerminal } from "./terminal.ts";

/** The exit code of a process that SIGKILL ended. */
const KILLED = 137;

/** Spawns the process once the size of its terminal is known. */
export type SpawnSized = (size: TerminalSize | null) => ChildProcess;

/** A process in a terminal, held back until its first size is known. */
export class TerminalProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;
  readonly #spawn: SpawnSized;
  readonly #end = Promise.withResolvers<ProcessOutcome>();
  readonly #delayedStart = new DelayedStart((size) => this.#start(size));
  #process: PipedProcess | null = null;
  #receiver: OutputReceiver | null = null;
  #early: Bytes[] = [];
  #inputEnded = false;
  #paused = false;
  #resizing: Promise<void> = Promise.resolve();
  #resizes = 0;

  constructor(spawn: SpawnSized) {
    this.#spawn = spawn;
    this.ended = this.#end.promise;
  }

  open(receiver: OutputReceiver): void {
    this.#receiver = receiver;
    this.#delayedStart.startTimeout();
  }

  /** What follows a size reaches the process after it. */
  write(bytes: Bytes): boolean {
    if (this.#process !== null && this.#resizes === 0) {
      return this.#process.write(bytes);
    }
    this.#early.push(bytes);
    return this.#process === null;
  }

  async drained(): Promise<void> {
    await this.#resizing;
    await this.#process?.drained();
  }

  endInput(): void {
    this.#inputEnded = true;
    if (this.#resizes === 0) this.#process?.endInput();
  }

  pause(): void {
    this.#paused = true;
    this.#process?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#process?.resume();
  }

  resize(size: TerminalSize): void {
    if (this.#process === null) this.#delayedStart.begin(size);
    else this.#process.resize(size);
  }

  release(): void {
    this.#delayedStart.begin(null);
    this.#process?.release();
  }

  /** Keeps it from starting, if it has not yet. */
  cancel(): void {
    if (this.#process !== null) return;
    this.#delayedStart.cancel();
    this.#end.resolve({ exitCode: KILLED });
  }

  #start(size: TerminalSize | null): void {
    const child = this.#spawn(size);
    const process = new PipedProcess(child, (next) => {
      this.#resizes++;
      this.#resizing = this.#resizing.then(() => this.#resize(child, next));
    });
    this.#process = process;
    process.open(this.#receiver!);
    if (this.#paused) process.pause();
    this.#flush();
    process.ended.then(this.#end.resolve);
  }

  async #resize(child: ChildProcess, size: TerminalSize): Promise<void> {
    await resizeTerminal(child, size);
    if (--this.#resizes === 0) this.#flush();
  }

  #flush(): void {
    for (const bytes of this.#early.splice(0)) this.#process!.write(bytes);
    if (this.#inputEnded) this.#process!.endInput();
  }
}
