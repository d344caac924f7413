import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";

/** The process of a scripted command: the container's side of a session. */
export interface MemoryProcess {
  /** The command line; empty for a main process without one. */
  readonly command: readonly string[];
  /** The name of the pod. */
  readonly pod: string;
  /** The namespace of the pod. */
  readonly namespace: string;
  /** The name of the container. */
  readonly container: string;
  /** Whether there is a terminal, which merges stderr into stdout. */
  readonly tty: boolean;
  /** The client's input; ends when the client closes stdin or is gone. */
  readonly stdin: ReadableStream<Bytes>;
  /** Standard output. */
  readonly stdout: MemoryOutput;
  /** Standard error; with a terminal, standard output. */
  readonly stderr: MemoryOutput;
  /** The current size of the terminal; null before the first. */
  readonly size: TerminalSize | null;
  /** Every later size of the terminal. */
  readonly resizes: ReadableStream<TerminalSize>;
  /** Aborted when the pod is deleted or the command has ended. */
  readonly signal: AbortSignal;
  /** Ends the process with this exit code; a later return value is ignored. */
  exit(code: number): void;
}

/** An output stream of a scripted command. */
export interface MemoryOutput {
  /**
   * Writes text or bytes.
   *
   * @returns A promise that resolves when there is room for more: await it for
   * backpressure.
   */
  write(chunk: string | Uint8Array): Promise<void>;
  /** The same output as a stream, to pipe into. Closing it has no effect. */
  readonly writable: WritableStream<string | Uint8Array>;
}

/**
 * A scripted command. It returns its exit code, by default 0. If it throws, the
 * session ends with the Status of a command that cannot be run.
 */
export type MemoryCommand = (
  process: MemoryProcess,
) => number | void | Promise<number | void>;
