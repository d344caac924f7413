import { type Bytes, encodeText } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type {
  OutputReceiver,
  PodIdentity,
  ProcessOutcome,
  StreamedProcess,
  StreamFlags,
} from "../containers/container.ts";
import { DelayedStart } from "../containers/delayed_start.ts";
import { Notifier } from "../notifier.ts";
import type {
  MemoryCommand,
  MemoryOutput,
  MemoryProcess,
} from "./memory_process.ts";

/** Bytes that may be queued before the writer has to wait. */
const LIMIT = 64 * 1024;

/** The stdin of a scripted command, as a stream. */
class ScriptedStdin {
  readonly readable: ReadableStream<Bytes>;
  #controller!: ReadableStreamDefaultController<Bytes>;
  readonly #drain = new Notifier();
  #ended = false;

  constructor() {
    this.readable = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#drain.notify(),
      cancel: () => this.#end(),
    }, { highWaterMark: LIMIT, size: (bytes) => bytes.byteLength });
  }

  /** @returns False when the stream is full: wait for `drained`. */
  write(bytes: Bytes): boolean {
    if (this.#ended) return true;
    this.#controller.enqueue(bytes.slice());
    return this.#hasRoom;
  }

  /** Resolves when there is room or the command has cancelled the stream. */
  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#drain.wait();
  }

  /** Ends the stream after the queued bytes. */
  end(): void {
    if (this.#ended) return;
    this.#controller.close();
    this.#end();
  }

  get #hasRoom(): boolean {
    return this.#ended || this.#controller.desiredSize! > 0;
  }

  #end(): void {
    this.#ended = true;
    this.#drain.notify();
  }
}

export interface ScriptOptions {
  readonly command: readonly string[];
  readonly container: string;
  readonly pod: PodIdentity;
  readonly flags: StreamFlags;
}

/** A process whose command is a function. */
export class ScriptedProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;
  readonly #script: MemoryCommand;
  readonly #options: ScriptOptions;
  readonly #end = Promise.withResolvers<ProcessOutcome>();
  readonly #input = new ScriptedStdin();
  readonly #abort = new AbortController();
  readonly #delayedStart = new DelayedStart((size) => this.#start(size));
  readonly #resizes: ReadableStream<TerminalSize>;
  #sizes!: ReadableStreamDefaultController<TerminalSize>;
  #receiver: OutputReceiver | null = null;
  #size: TerminalSize | null = null;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(script: MemoryCommand, options: ScriptOptions) {
    this.#script = script;
    this.#options = options;
    this.ended = this.#end.promise;
    this.#resizes = new ReadableStream<TerminalSize>({
      start: (controller) => {
        this.#sizes = controller;
      },
    });
    if (!options.flags.stdin) this.#input.end();
  }

  open(receiver: OutputReceiver): void {
    this.#receiver = receiver;
    if (this.#options.flags.tty) this.#delayedStart.startTimeout();
    else this.#delayedStart.begin(null);
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

  pause(): void {
    this.#room ??= Promise.withResolvers();
  }

  resume(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  resize(size: TerminalSize): void {
    if (!this.#delayedStart.settled) return this.#delayedStart.begin(size);
    this.#size = size;
    if (!this.#abort.signal.aborted) this.#sizes.enqueue(size);
  }

  release(): void {
    this.#receiver = null;
    this.endInput();
    this.resume();
    this.#delayedStart.begin(null);
  }

  /** Ends the process; a value that the script returns later is ignored. */
  exit(code: number): void {
    this.#delayedStart.cancel();
    this.#finish({ exitCode: code });
  }

  async #start(size: TerminalSize | null): Promise<void> {
    this.#size = size;
    try {
      const code = await this.#script(this.#process());
      this.#finish({ exitCode: code ?? 0 });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.#finish({ failure });
    }
  }

  #finish(end: ProcessOutcome): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#sizes.close();
    this.#end.resolve(end);
  }

  #process(): MemoryProcess {
    const { command, container, pod, flags } = this.#options;
    const currentSize = (): TerminalSize | null => this.#size;
    return {
      command,
      container,
      pod: pod.pod,
      namespace: pod.namespace,
      tty: flags.tty,
      stdin: this.#input.readable,
      stdout: this.#output(1),
      stderr: this.#output(flags.tty ? 1 : 2),
      get size() {
        return currentSize();
      },
      resizes: this.#resizes,
      signal: this.#abort.signal,
      exit: (code) => this.exit(code),
    };
  }

  #output(channel: 1 | 2): MemoryOutput {
    const write = async (chunk: string | Uint8Array): Promise<void> => {
      const bytes = typeof chunk === "string" ? encodeText(chunk) : chunk;
      if (!this.#abort.signal.aborted) {
        this.#receiver?.output(channel, new Uint8Array(bytes));
      }
      await this.#room?.promise;
    };
    let writable: WritableStream<string | Uint8Array> | null = null;
    return {
      write,
      get writable() {
        return writable ??= new WritableStream({ write });
      },
    };
  }
}
