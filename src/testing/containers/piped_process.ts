import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { Bytes } from "../../bytes.ts";
import { plainBytes } from "../server/server_socket.ts";
import { spawnProblem } from "./executable.ts";
import { OutputPace } from "./output_pace.ts";
import { StdinPipe } from "./stdin_pipe.ts";
import type {
  OutputReceiver,
  ProcessOutcome,
  StreamedProcess,
} from "./container.ts";

/** Of all processes: together they keep the event loop busy. */
const PACE = new OutputPace();

/** A child process, connected by pipes. */
export class PipedProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;
  readonly #child: ChildProcess;
  readonly #input: StdinPipe;
  #paused = false;
  #released = false;

  /** @param child Spawned in this turn of the event loop. */
  constructor(child: ChildProcess) {
    this.#child = child;
    this.#input = new StdinPipe(child.stdin);
    this.ended = outcomeOf(child);
  }

  open(receiver: OutputReceiver): void {
    this.#read(this.#child.stdout, 1, receiver);
    this.#read(this.#child.stderr, 2, receiver);
  }

  write(bytes: Bytes): boolean {
    return this.#input.write(bytes);
  }

  drained(): Promise<void> {
    return this.#input.drained();
  }

  endInput(): void {
    this.#input.end();
  }

  /** Takes effect at the next chunk: if paused before, Deno 2.5 loses it. */
  pause(): void {
    this.#paused = !this.#released;
  }

  resume(): void {
    this.#paused = false;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream?.isPaused()) stream.resume();
    }
  }

  resize(): void {}

  /** The process continues; its output is read and dropped, so that it can end. */
  release(): void {
    this.#released = true;
    this.endInput();
    this.resume();
  }

  #read(
    stream: Readable | null,
    channel: 1 | 2,
    receiver: OutputReceiver,
  ): void {
    stream?.on("data", (chunk: Uint8Array) => {
      if (!this.#released) receiver.output(channel, plainBytes(chunk));
      if (this.#paused) stream.pause();
      PACE.note(stream, chunk.byteLength, () => {
        if (!this.#paused) stream.resume();
      });
    });
    stream?.on("error", () => {});
    if (stream !== null) onEnd(stream, () => PACE.forget(stream));
  }
}

async function outcomeOf(child: ChildProcess): Promise<ProcessOutcome> {
  const outputs = [ended(child.stdout), ended(child.stderr)];
  const end = await new Promise<ProcessOutcome>((resolve) => {
    child.once("error", (error) => {
      resolve({ failure: spawnProblem(child.spawnfile, error) });
    });
    child.once("exit", (code, signal) => {
      resolve({ exitCode: code ?? 128 + constants.signals[signal!] });
    });
  });
  if ("exitCode" in end) await Promise.all(outputs);
  return end;
}

function ended(stream: Readable | null): Promise<void> {
  if (stream === null) return Promise.resolve();
  return new Promise((resolve) => onEnd(stream, resolve));
}

/** May call `run` more than once. */
function onEnd(stream: Readable, run: () => void): void {
  for (const event of ["end", "close", "error"]) stream.once(event, run);
}
