import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type {
  ContainerSpec,
  OutputReceiver,
  ProcessOutcome,
  StreamedProcess,
} from "./container.ts";
import { LineLog } from "./container_log.ts";

/**
 * The main process of a container, which any number of clients attach to.
 * Its output goes to the log, and to those who are attached when it comes.
 */
export class MainProcess {
  readonly log: LineLog = new LineLog();
  readonly ended: Promise<ProcessOutcome>;
  readonly #process: StreamedProcess;
  readonly #spec: ContainerSpec;
  readonly #attached = new Set<OutputReceiver>();
  readonly #slow = new Set<OutputReceiver>();

  constructor(process: StreamedProcess, spec: ContainerSpec) {
    this.#process = process;
    this.#spec = spec;
    process.open({ output: (channel, bytes) => this.#output(channel, bytes) });
    this.ended = process.ended.then((end) => {
      this.log.end();
      return end;
    });
  }

  /**
   * Joins it, with containerd's manners: what is written without `stdin: true`
   * is discarded; else the end of the client's input is that of the process's
   * with `stdinOnce` and no terminal, and otherwise only ends the session.
   */
  attach(): StreamedProcess {
    const process = this.#process;
    const { stdin: takesInput = false, stdinOnce, tty } = this.#spec;
    const left = Promise.withResolvers<ProcessOutcome>();
    let receiver: OutputReceiver | null = null;
    const endInput = (): void => {
      if (!takesInput) return;
      if (stdinOnce && !tty) process.endInput();
      else left.resolve({ exitCode: 0 });
    };
    return {
      ended: Promise.race([this.ended, left.promise]),
      open: (given) => {
        receiver = given;
        this.#attached.add(given);
      },
      write: (bytes: Bytes) => !takesInput || process.write(bytes),
      drained: () => process.drained(),
      endInput,
      pause: () => this.#pause(receiver),
      resume: () => this.#resume(receiver),
      resize: (size: TerminalSize) => process.resize(size),
      release: () => {
        if (receiver !== null) this.#attached.delete(receiver);
        this.#resume(receiver);
        endInput();
      },
    };
  }

  #output(channel: 1 | 2, bytes: Bytes): void {
    this.log.append(channel, bytes);
    for (const receiver of this.#attached) receiver.output(channel, bytes);
  }

  #pause(receiver: OutputReceiver | null): void {
    if (receiver === null) return;
    this.#slow.add(receiver);
    this.#process.pause();
  }

  #resume(receiver: OutputReceiver | null): void {
    if (receiver === null || !this.#slow.delete(receiver)) return;
    if (this.#slow.size === 0) this.#process.resume();
  }
}
