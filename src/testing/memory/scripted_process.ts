import { type Bytes, encodeText } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import { FirstSize } from "../machine/first_size.ts";
import type {
  ContainerOwner,
  OutputReceiver,
  ProcessEnd,
  StreamedProcess,
  StreamFlags,
} from "../machine/machine.ts";
import { InputStream } from "./input_stream.ts";
import type {
  MemoryCommand,
  MemoryOutput,
  MemoryProcess,
} from "./memory_process.ts";

/** What a scripted process is started with. */
export interface ScriptSetting {
  readonly command: readonly string[];
  readonly container: string;
  readonly owner: ContainerOwner;
  readonly flags: StreamFlags;
}

/** A process that is a function. */
export class ScriptedProcess implements StreamedProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #script: MemoryCommand;
  readonly #setting: ScriptSetting;
  readonly #end = Promise.withResolvers<ProcessEnd>();
  readonly #input = new InputStream();
  readonly #abort = new AbortController();
  readonly #firstSize = new FirstSize((size) => this.#start(size));
  readonly #resizes: ReadableStream<TerminalSize>;
  #sizes!: ReadableStreamDefaultController<TerminalSize>;
  #receiver: OutputReceiver | null = null;
  #size: TerminalSize | null = null;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(script: MemoryCommand, setting: ScriptSetting) {
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
    if (this.#setting.flags.tty) this.#firstSize.wait();
    else this.#firstSize.arrive(null);
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
    if (!this.#firstSize.over) return this.#firstSize.arrive(size);
    this.#size = size;
    if (!this.#abort.signal.aborted) this.#sizes.enqueue(size);
  }

  /** The client is gone, which the command sees as the end of its stdin. */
  release(): void {
    this.#receiver = null;
    this.endInput();
    this.resume();
    this.#firstSize.arrive(null);
  }

  /** Ends it, whatever it is doing. */
  exit(code: number): void {
    this.#firstSize.cancel();
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

  #finish(end: ProcessEnd): void {
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
