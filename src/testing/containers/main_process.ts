import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type {
  ContainerSpec,
  OutputReceiver,
  ProcessOutcome,
  StreamedProcess,
} from "./container.ts";
import { ContainerLog } from "./container_log.ts";

/**
 * The main process of a container. Its output goes to the log and to the
 * clients that are attached at that time.
 */
export class MainProcess {
  readonly log: ContainerLog = new ContainerLog();
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
   * Attaches as containerd does: without `stdin: true`, input is discarded. The
   * end of the client's input closes stdin with `stdinOnce` and without a
   * terminal; otherwise it only ends the session.
   */
  attach(): StreamedProcess {
    const process = this.#process;
    const { stdin: takesInput = false, stdinOnce, tty } = this.#spec;
    const detached = Promise.withResolvers<ProcessOutcome>();
    let receiver: OutputReceiver | null = null;
    const endInput = (): void => {
      if (!takesInput) return;
      if (stdinOnce && !tty) process.endInput();
      else detached.resolve({ exitCode: 0 });
    };
    return {
      ended: Promise.race([this.ended, detached.promise]),
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
