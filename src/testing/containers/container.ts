import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";
import type { ContainerLog } from "./container_log.ts";

/** The exit code of a process, or why it could not be started. */
export type ProcessOutcome =
  | { readonly exitCode: number }
  | { readonly failure: string };

/** Receives the output of a process. */
export interface OutputReceiver {
  /** Receives bytes of stdout (1) or stderr (2), and owns them. */
  output(channel: 1 | 2, bytes: Bytes): void;
}

/** A process, or a connection to one, as the channel protocol sees it. */
export interface StreamedProcess {
  /** Resolves after the process has ended and all its output was delivered. */
  readonly ended: Promise<ProcessOutcome>;
  /** Starts delivery of output; called once, in the turn of its creation. */
  open(receiver: OutputReceiver): void;
  /**
   * Writes to stdin; discards the bytes once stdin is closed.
   *
   * @returns False when the pipe is full: wait for `drained`.
   */
  write(bytes: Bytes): boolean;
  /** Resolves when stdin has room or is closed. */
  drained(): Promise<void>;
  /** Closes stdin. */
  endInput(): void;
  /** Stops reading output, so that the process blocks once its pipe is full. */
  pause(): void;
  /** Reads output again. */
  resume(): void;
  /** Sets the size of the terminal. */
  resize(size: TerminalSize): void;
  /** The client is gone: closes stdin and discards output from now on. */
  release(): void;
}

/** The streams that a client requests. */
export interface StreamFlags {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The fields of a pod's container that a {@linkcode ContainerRuntime} reads. */
export interface ContainerSpec {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly workingDir?: string;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

/** A container that was started. */
export interface Container {
  /** Resolves when the main process has ended. */
  readonly ended: Promise<ProcessOutcome>;
  /** The output of the main process. */
  readonly log: ContainerLog;
  /** Runs a command. */
  exec(command: readonly string[], flags: StreamFlags): StreamedProcess;
  /** Connects to the main process: its output from now on. */
  attach(flags: StreamFlags): StreamedProcess;
  /** Ends every process: with SIGTERM, and after `grace` ms with SIGKILL. */
  stop(grace: number): Promise<void>;
}

/** The pod that a container belongs to. */
export interface PodIdentity {
  readonly pod: string;
  readonly namespace: string;
}

/** Starts containers. */
export interface ContainerRuntime {
  start(spec: ContainerSpec, pod: PodIdentity): Container;
}
