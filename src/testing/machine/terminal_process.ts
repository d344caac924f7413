import type { ChildProcess } from "node:child_process";
import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type { OutputReceiver, ProcessEnd, StreamedProcess } from "./machine.ts";
import { PipedProcess } from "./piped_process.ts";
import { resizeTerminal } from "./terminal.ts";

/** Milliseconds that the client's first size has to arrive. */
const SIZE_PATIENCE = 100;

/** The exit code of a process that SIGKILL ended. */
const KILLED = 137;

/** Spawns the process once the size of its terminal is known. */
export type SpawnSized = (size: TerminalSize | null) => ChildProcess;

/**
 * A process in a terminal. It is held back until the client's first size has
 * come, or a moment has passed, so that a command which asks for the size at
 * once does not get 0 by 0 or the right one by chance, as it may in life.
 */
export class TerminalProcess implements StreamedProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #spawn: SpawnSized;
  readonly #end = Promise.withResolvers<ProcessEnd>();
  #process: PipedProcess | null = null;
  #receiver: OutputReceiver | null = null;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #early: Bytes[] = [];
  #inputEnded = false;
  #paused = false;
  #resizing: Promise<void> = Promise.resolve();

  constructor(spawn: SpawnSized) {
    this.#spawn = spawn;
    this.ended = this.#end.promise;
  }

  open(receiver: OutputReceiver): void {
    this.#receiver = receiver;
    this.#patience = setTimeout(() => this.#start(null), SIZE_PATIENCE);
  }

  write(bytes: Bytes): boolean {
    if (this.#process !== null) return this.#process.write(bytes);
    this.#early.push(bytes);
    return true;
  }

  drained(): Promise<void> {
    return this.#process?.drained() ?? Promise.resolve();
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#process?.endInput();
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
    if (this.#process === null) this.#start(size);
    else this.#process.resize(size);
  }

  release(): void {
    if (this.#process === null) this.#start(null);
    this.#process!.release();
  }

  /** Keeps it from starting, if it has not yet. */
  cancel(): void {
    if (this.#process !== null) return;
    clearTimeout(this.#patience);
    this.#end.resolve({ exitCode: KILLED });
  }

  #start(size: TerminalSize | null): void {
    clearTimeout(this.#patience);
    const child = this.#spawn(size);
    const process = new PipedProcess(child, (next) => {
      this.#resizing = this.#resizing.then(() => resizeTerminal(child, next));
    });
    this.#process = process;
    process.open(this.#receiver!);
    if (this.#paused) process.pause();
    for (const bytes of this.#early.splice(0)) process.write(bytes);
    if (this.#inputEnded) process.endInput();
    process.ended.then(this.#end.resolve);
  }
}
