import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";

/** How a process ended, or why it never began. */
export type ProcessOutcome =
  | { readonly exitCode: number }
  | { readonly failure: string };

/** Where the output of a process goes. */
export interface OutputReceiver {
  /** Bytes of stdout (1) or stderr (2), the receiver's to keep. */
  output(channel: 1 | 2, bytes: Bytes): void;
}

/** A process, or a connection to one, as the channel protocol sees it. */
export interface StreamedProcess {
  /** Resolves once it has ended and all its output was handed on. */
  readonly ended: Promise<ProcessOutcome>;
  /** Starts the flow of output; called once, in the turn of its creation. */
  open(receiver: OutputReceiver): void;
  /**
   * Writes to its stdin; discarded when that is closed.
   *
   * @returns False when the pipe is full: wait for `drained`.
   */
  write(bytes: Bytes): boolean;
  /** Resolves when stdin takes more, or never will. */
  drained(): Promise<void>;
  /** Closes its stdin. */
  endInput(): void;
  /** Stops reading its output, so that it blocks in the end. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** Sets the size of its terminal. */
  resize(size: TerminalSize): void;
  /** The client is gone: it takes no more output, and its stdin is at its end. */
  release(): void;
}

/** Which streams a client asked for. */
export interface StreamFlags {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What a machine is told of a container. */
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

/** One running container. */
export interface Container {
  /** Resolves when its main process has ended. */
  readonly ended: Promise<ProcessOutcome>;
  /** What its main process has written so far. */
  readonly log: ContainerLog;
  /** Runs a command in it. */
  exec(command: readonly string[], flags: StreamFlags): StreamedProcess;
  /** Joins its main process: output from now on. */
  attach(flags: StreamFlags): StreamedProcess;
  /** Ends every process in it: asked first, then, after `grace` ms, killed. */
  stop(grace: number): Promise<void>;
}

/** One line of a log. */
export interface LogLine {
  /** When it was whole: RFC 3339 in UTC, with nanoseconds. */
  readonly time: string;
  /** With the line's end, but for an unfinished one. */
  readonly text: string;
}

/** The output of a container's main process, stdout and stderr as they came. */
export interface ContainerLog {
  /** How many lines were written. */
  readonly length: number;
  /** Whether no more will come. */
  readonly ended: boolean;
  /** The lines from this one on, as far as they are kept. */
  from(index: number): readonly LogLine[];
  /** Resolves when there is more, or never will be. */
  changed(): Promise<void>;
}

/** Whose container it is. */
export interface PodIdentity {
  readonly pod: string;
  readonly namespace: string;
}

/** Runs containers. */
export interface ContainerRuntime {
  start(spec: ContainerSpec, owner: PodIdentity): Container;
}
