import { type Bytes, decodeText } from "../bytes.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import { PodwireError } from "../errors.ts";
import type { Status } from "../status.ts";

/** How much of stderr the message shows, in characters. */
const SHOWN = 200;

/** What a command that has ended left behind. */
export class ExecResult {
  /** Everything that the command wrote to stdout. */
  readonly stdout: Bytes;
  /** Everything that the command wrote to stderr. */
  readonly stderr: Bytes;
  /**
   * The exit code; null when the status is missing or names none. Null is not
   * success.
   */
  readonly exitCode: number | null;
  /** The status that ended the command; null when none came. */
  readonly status: Status | null;

  /** Made by `exec.run`. */
  constructor(parts: { stdout: Bytes; stderr: Bytes; status: Status | null }) {
    this.stdout = parts.stdout;
    this.stderr = parts.stderr;
    this.status = parts.status;
    this.exitCode = exitCodeOf(parts.status);
  }

  /** Whether the command is known to have exited with 0. */
  get ok(): boolean {
    return this.exitCode === 0;
  }

  /** Stdout as UTF-8 text. */
  text(): string {
    return decodeText(this.stdout);
  }

  /** Stderr as UTF-8 text. */
  stderrText(): string {
    return decodeText(this.stderr);
  }

  /** The lines of stdout, without their ends; a last empty one does not count. */
  lines(): string[] {
    const lines = this.text().split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /**
   * Stdout parsed as JSON.
   *
   * @typeParam T What it is taken for; it is not checked.
   * @throws {SyntaxError} If it is not JSON.
   */
  json<T = unknown>(): T {
    return JSON.parse(this.text());
  }

  /**
   * This result, if the command is known to have exited with 0.
   *
   * @throws {ExecFailedError} Otherwise, also when the exit code is unknown.
   */
  throwIfFailed(): this {
    if (!this.ok) throw new ExecFailedError(this);
    return this;
  }
}

/** A command did not exit with 0, or nobody knows: see `throwIfFailed`. */
export class ExecFailedError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ExecFailedError";
  /** The whole result. */
  readonly result: ExecResult;

  /** Names the exit code, and what stderr says last. */
  constructor(result: ExecResult) {
    super(messageOf(result));
    this.result = result;
  }
}

function messageOf({ exitCode, status, stderr }: ExecResult): string {
  const said = decodeText(stderr).trim().slice(-SHOWN) || status?.message;
  const tail = said ? `: ${said}` : "";
  return exitCode === null
    ? `The command's exit code is unknown${tail}`
    : `The command exited with ${exitCode}${tail}`;
}
