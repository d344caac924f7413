import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";

/** What a scripted command sees of itself: the container's side of a session. */
export interface MemoryProcess {
  /** The command line; empty for a main process. */
  readonly command: readonly string[];
  /** The name of its pod. */
  readonly pod: string;
  /** The namespace of its pod. */
  readonly namespace: string;
  /** The name of its container. */
  readonly container: string;
  /** Whether it has a terminal, which merges stderr into stdout. */
  readonly tty: boolean;
  /** What the client writes; it ends where the client closes its stdin. */
  readonly stdin: ReadableStream<Bytes>;
  /** Its standard output. */
  readonly stdout: MemoryOutput;
  /** Its standard error, the same as `stdout` with a terminal. */
  readonly stderr: MemoryOutput;
  /** The terminal's size, the latest; null while there is none. */
  readonly size: TerminalSize | null;
  /** Every size after the one that it started with. */
  readonly resizes: ReadableStream<TerminalSize>;
  /** Aborted when the pod is deleted, or it has called `exit`. */
  readonly signal: AbortSignal;
  /** Ends it at once with this exit code; what it returns later is ignored. */
  exit(code: number): void;
}

/** Where a scripted command writes. */
export interface MemoryOutput {
  /**
   * Writes text or bytes.
   *
   * @returns A promise that resolves when there is room for more: await it
   * where the client may be slow.
   */
  write(chunk: string | Uint8Array): Promise<void>;
  /** The same as a stream, to pipe into. Closing it does nothing. */
  readonly writable: WritableStream<string | Uint8Array>;
}

/**
 * A scripted command. What it returns is its exit code, 0 without one; what it
 * throws fails the session as a server does that cannot run the command.
 */
export type MemoryCommand = (
  process: MemoryProcess,
) => number | void | Promise<number | void>;
