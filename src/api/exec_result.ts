import { type Bytes, decodeText } from "../bytes.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import { identify, PodwireError } from "../errors.ts";
import { quoteText } from "../redact.ts";
import type { Status } from "../status.ts";

/** How many characters of stderr the message quotes. */
const QUOTED = 200;

/** The output, the status and the exit code of a command that has ended. */
export class ExecResult {
  /** Everything that the command wrote to stdout. */
  readonly stdout: Bytes;
  /** Everything that the command wrote to stderr. */
  readonly stderr: Bytes;
  /**
   * The exit code; null when the status is missing or has none. Null is not
   * success.
   */
  readonly exitCode: number | null;
  /** The status that ended the command; null when the server sent none. */
  readonly status: Status | null;
  /** The text of a status that could not be parsed, as of old servers, or null. */
  readonly unparsedStatus: string | null;

  /**
   * `exec.run` makes it.
   *
   * @internal
   */
  constructor(parts: {
    stdout: Bytes;
    stderr: Bytes;
    status: Status | null;
    unparsedStatus?: string | null;
  }) {
    this.stdout = parts.stdout;
    this.stderr = parts.stderr;
    this.status = parts.status;
    this.unparsedStatus = parts.unparsedStatus ?? null;
    this.exitCode = exitCodeOf(parts.status);
  }

  /** Whether the command is known to have exited with 0. */
  get ok(): boolean {
    return this.exitCode === 0;
  }

  /** Stdout as UTF-8 text; short for `stdoutText()`. */
  text(): string {
    return this.stdoutText();
  }

  /** Stdout as UTF-8 text. */
  stdoutText(): string {
    return decodeText(this.stdout);
  }

  /** Stderr as UTF-8 text. */
  stderrText(): string {
    return decodeText(this.stderr);
  }

  /** The lines of stdout without line ends, and without an empty last one. */
  lines(): string[] {
    const lines = this.text().split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /**
   * Stdout parsed as JSON.
   *
   * @typeParam T The expected type; it is not checked.
   * @throws {SyntaxError} If stdout is not JSON.
   */
  json<T = unknown>(): T {
    return JSON.parse(this.text());
  }

  /**
   * Returns this result if the command is known to have exited with 0.
   *
   * @throws {ExecFailedError} Otherwise, also when the exit code is unknown.
   */
  throwIfFailed(): this {
    if (!this.ok) throw new ExecFailedError(this);
    return this;
  }
}

/** A command did not exit with 0, or its exit code is unknown. */
export class ExecFailedError extends PodwireError {
  static {
    identify(this, "ExecFailedError");
  }

  /** The whole result. */
  readonly result: ExecResult;

  /** Names the exit code, and quotes the end of stderr. */
  constructor(result: ExecResult) {
    super(messageOf(result));
    this.result = result;
  }
}

function messageOf(result: ExecResult): string {
  const { exitCode, status, unparsedStatus, stderr } = result;
  const words = decodeText(stderr).trim().slice(-QUOTED) ||
    status?.message || quoteText(unparsedStatus ?? "");
  const tail = words ? `: ${words}` : "";
  return exitCode === null
    ? `The command's exit code is unknown${tail}`
    : `The command exited with ${exitCode}${tail}`;
}
