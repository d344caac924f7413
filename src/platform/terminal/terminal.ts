import type { TerminalSize } from "../../channel/resize.ts";
import { stdinIsTerminal } from "../runtime.ts";
import { type InputReader, openInput } from "./input.ts";
import { onExit, onSuspend } from "./signals.ts";
import { openOutput, type OutputWriter } from "./output.ts";
import { onResize, setRawMode, windowSize } from "./tty.ts";

/** A process's stdin, stdout and stderr, which may be a terminal. */
export interface Terminal {
  /** Whether stdin is a terminal and has a raw mode. */
  readonly stdinIsTTY: boolean;
  /** The size of stdout; null if it is not a terminal, or has no size. */
  size(): TerminalSize | null;
  /** Calls back when the size may have changed; returns how to stop. */
  onResize(callback: () => void): () => void;
  /** Turns raw mode on, or restores the mode before it. */
  setRawMode(raw: boolean): void;
  /** Starts to read stdin. */
  openInput(): InputReader;
  /** Opens stdout or stderr for writing. */
  openOutput(name: "stdout" | "stderr"): OutputWriter;
  /**
   * Calls back with the exit code when the process is about to exit, or a
   * signal is about to end it; returns how to stop.
   */
  onExit(callback: (exitCode: number) => void): () => void;
  /**
   * Calls back before SIGTSTP suspends the process, and when it is resumed;
   * returns how to stop.
   */
  onSuspend(suspend: () => void, resume: () => void): () => void;
}

/** The stdin, stdout and stderr of this process. */
export function processTerminal(): Terminal {
  return {
    stdinIsTTY: stdinIsTerminal(),
    size: () => windowSize(),
    onResize: (callback) => onResize(callback),
    setRawMode,
    openInput,
    openOutput,
    onExit: (callback) => onExit(callback),
    onSuspend: (suspend, resume) => onSuspend(suspend, resume),
  };
}
