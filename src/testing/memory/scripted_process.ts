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
import type {
  MemoryCommand,
  MemoryOutput,
  MemoryProcess,
} from "./memory_process.ts";

/** Bytes that wait unread before the writer is held up. */
const LIMIT = 64 * 1024;

/** The stdin of a scripted command: written to on one side, read on the other. */
export class ScriptedStdin {
  readonly readable: ReadableStream<Bytes>;
  #controller!: ReadableStreamDefaultController<Bytes>;
  #over = false;
  #room = Promise.withResolvers<void>();

  constructor() {
    this.readable = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#tellRoom(),
      cancel: () => this.#end(),
    }, { highWaterMark: LIMIT, size: (bytes) => bytes.byteLength });
  }

  /** @returns False when there is no room: wait for `drained`. */
  write(bytes: Bytes): boolean {
    if (this.#over) return true;
    this.#controller.enqueue(bytes.slice());
    return this.#hasRoom;
  }

  /** Resolves when there is room, or nobody reads. */
  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#room.promise;
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (this.#over) return;
    this.#controller.close();
    this.#end();
  }

  get #hasRoom(): boolean {
    return this.#over || this.#controller.desiredSize! > 0;
  }

  #end(): void {
    this.#over = true;
    this.#tellRoom();
  }

  #tellRoom(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}

/** What a scripted process is started with. */
export interface ScriptOptions {
  readonly command: readonly string[];
  readonly container: string;
  readonly owner: PodIdentity;
  readonly flags: StreamFlags;
}

/** A process that is a function. */
export class ScriptedProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;
  readonly #script: MemoryCommand;
  readonly #setting: ScriptOptions;
  readonly #end = Promise.withResolvers<ProcessOutcome>();
  readonly #input = new ScriptedStdin();
  readonly #abort = new AbortController();
  readonly #delayedStart = new DelayedStart((size) => this.#start(size));
  readonly #resizes: ReadableStream<TerminalSize>;
  #sizes!: ReadableStreamDefaultController<TerminalSize>;
  #receiver: OutputReceiver | null = null;
  #size: TerminalSize | null = null;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(script: MemoryCommand, setting: ScriptOptions) {
    this.#script = script;
    this.#setting = setting;
    this.ended = this.#end.promise;
    this.#resizes = new ReadableStream<TerminalSize>({
      start: (controller) => {
        this.#sizes = controller;
      },
    });
    if (!setting.flags.stdin) this.#input.end();
  }

  open(receiver: OutputReceiver): void {
    this.#receiver = receiver;
    if (this.#setting.flags.tty) this.#delayedStart.startTimeout();
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

  /** The client is gone, which the command sees as the end of its stdin. */
  release(): void {
    this.#receiver = null;
    this.endInput();
    this.resume();
    this.#delayedStart.begin(null);
  }

  /** Ends it, whatever it is doing. */
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
    const { command, container, owner, flags } = this.#setting;
    const currentSize = (): TerminalSize | null => this.#size;
    return {
      command,
      container,
      pod: owner.pod,
      namespace: owner.namespace,
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
