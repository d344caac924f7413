import type { Bytes } from "../../bytes.ts";
import type { TerminalSize } from "../../channel/resize.ts";

/** Stdin, stdout and stderr of this process, and the terminal that they may be. */
export interface LocalTerminal {
  /** Whether stdin is a terminal: it can be raw. */
  readonly isTyped: boolean;
  /** The size of stdout; null when it is no terminal, or does not say. */
  size(): TerminalSize | null;
  /** Calls back when the size may have changed; gives how to stop. */
  onResize(callback: () => void): () => void;
  /** Passes each key on as it is, or ends that as it was before. */
  setRaw(raw: boolean): void;
  /** Begins to read stdin. */
  openInput(): InputReader;
  /** Begins to write to stdout or stderr. */
  openOutput(name: "stdout" | "stderr"): OutputWriter;
  /**
   * Calls back when the process is about to go: at its exit, or by a signal,
   * with the exit code; gives how to stop.
   */
  onDeparture(callback: (exitCode: number) => void): () => void;
}

/** Reads stdin, no faster than it is asked to. */
export interface InputReader {
  /** What comes next; null at the end, and when it is closed. */
  read(): Promise<Bytes | null>;
  /** Leaves what is not read yet to whoever reads stdin next. */
  close(): Promise<void>;
}

/** Writes to stdout or stderr. */
export interface OutputWriter {
  /** Resolves when the system has taken the bytes. */
  write(bytes: Bytes): Promise<void>;
  /** Stops to listen for errors. */
  close(): void;
}
