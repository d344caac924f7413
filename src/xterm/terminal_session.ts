import type { TerminalSize } from "../channel/resize.ts";

/**
 * What a terminal or a recording needs of a session; a `StreamSession` of
 * `exec.stream` and `attach.stream` is one.
 */
export interface TerminalSession {
  /** The subresource: an attach makes the program redraw its screen. */
  readonly subresource: "exec" | "attach";
  /** Whether it was opened with a terminal. */
  readonly tty: boolean;
  /** Whether stdin was requested. */
  readonly hasStdin: boolean;
  /** The output. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** The error output; ends at once with a TTY. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** The exit code; null if there is none. Rejects if the session failed. */
  readonly exitCode: Promise<number | null>;
  /** Writes text or bytes to stdin; concurrent writes queue in order. */
  write(data: string | Uint8Array): Promise<void>;
  /** Sends the terminal's size. */
  resize(size: TerminalSize): Promise<void>;
}
