import { checkTerminalSize, type TerminalSize } from "../channel/resize.ts";

/** Which container, and for how long. */
export interface SubresourceOptions {
  /** The container; the pod's only one, or its default, when absent. */
  readonly container?: string;
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds; null for no limit; the client's `timeout` when absent. For
   * `stream` it covers credentials to handshake, for `run` the whole call.
   */
  readonly timeout?: number | null;
  /** Aborts the call, or the session for its whole life, with its reason. */
  readonly signal?: AbortSignal;
}

/** The channels of a session, and its terminal. */
export interface StreamOptions extends SubresourceOptions {
  /** Whether to open stdin; false unless said otherwise. */
  readonly stdin?: boolean;
  /** Whether to open stdout; true unless said otherwise. */
  readonly stdout?: boolean;
  /** Whether to open stderr; true unless said otherwise. No channel with a tty. */
  readonly stderr?: boolean;
  /** Whether to allocate a terminal; false unless said otherwise. */
  readonly tty?: boolean;
  /** The terminal's size at the start; only with `tty`. */
  readonly size?: TerminalSize;
}

/** Options of `exec.stream`. */
export interface ExecStreamOptions extends StreamOptions {
  /** The program and its arguments; no shell unless you name one. */
  readonly command: readonly string[];
}

/** Options of `attach.stream`. */
export type AttachStreamOptions = StreamOptions;

/** Options of `exec.run`. */
export interface ExecRunOptions extends SubresourceOptions {
  /** The program and its arguments; no shell unless you name one. */
  readonly command: readonly string[];
  /**
   * What the command reads: null (the default) opens no stdin, anything else is
   * written and then closed; an empty one is just closed.
   */
  readonly stdin?: null | Uint8Array | string | ReadableStream<Uint8Array>;
  /** Whether to collect stdout; true unless said otherwise. */
  readonly stdout?: boolean;
  /** Whether to collect stderr; true unless said otherwise. */
  readonly stderr?: boolean;
  /** The most bytes to collect per stream, 64 MiB by default; null: no limit. */
  readonly maxBuffer?: number | null;
}

/** The channels that a request asks for, every one decided. */
export interface Channels {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/**
 * Fills in the defaults of `stream`, and checks that they make sense.
 *
 * @throws {TypeError} If no channel is requested, or a size without a tty.
 */
export function channelsOf(action: string, options: StreamOptions): Channels {
  const { stdin = false, stdout = true, stderr = true, tty = false, size } =
    options;
  if (size !== undefined) {
    if (!tty) throw new TypeError(`Cannot ${action}: a size needs a tty`);
    checkTerminalSize(size);
  }
  const channels = requested(action, { stdin, stdout, stderr, tty });
  return requested(action, { ...channels, stderr: stderr && !tty });
}

/**
 * Checks the flags, and that at least one channel is requested: a server
 * refuses none.
 *
 * @throws {TypeError} If a flag is no boolean, or no channel is requested.
 */
export function requested(action: string, channels: Channels): Channels {
  checkFlags(action, channels);
  if (!channels.stdin && !channels.stdout && !channels.stderr) {
    throw new TypeError(
      `Cannot ${action}: no channel is requested; ask for at least one of ` +
        `stdin, stdout and stderr`,
    );
  }
  return channels;
}

/** @throws {TypeError} If `command` is not a list of strings, or is empty. */
export function checkCommand(action: string, command: unknown): void {
  if (!Array.isArray(command)) {
    const hint = typeof command === "string"
      ? `; for a shell line say ["sh", "-c", line]`
      : "";
    throw new TypeError(
      `Cannot ${action}: command must be an array of strings${hint}`,
    );
  }
  if (command.length === 0) {
    throw new TypeError(`Cannot ${action}: command is empty`);
  }
  for (const [index, word] of command.entries()) {
    if (typeof word !== "string") {
      throw new TypeError(
        `Cannot ${action}: command[${index}] is a ${typeof word}, not a string`,
      );
    }
  }
}

/** @throws {TypeError} If `container` is given and not a name. */
export function checkContainer(action: string, container: unknown): void {
  if (container === undefined) return;
  if (typeof container !== "string" || container === "") {
    throw new TypeError(
      `Cannot ${action}: container must be a non-empty string`,
    );
  }
}

/** @throws {TypeError | RangeError} If `maxBuffer` is not a number of bytes. */
export function checkMaxBuffer(action: string, value: unknown): void {
  if (value === null) return;
  if (typeof value !== "number" || !isCount(value)) {
    throw new TypeError(
      `Cannot ${action}: maxBuffer must be a whole number of bytes or null`,
    );
  }
  if (value < 0) {
    throw new RangeError(`Cannot ${action}: maxBuffer ${value} is below 0`);
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) || value === Infinity;
}

function checkFlags(action: string, flags: Channels): void {
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value === "boolean") continue;
    throw new TypeError(
      `Cannot ${action}: ${name} must be true or false, not a ${typeof value}`,
    );
  }
}

/**
 * The query of an exec or attach request. All four flags are always there: the
 * server has no defaults (`PodExecOptions` of the core API).
 */
export function subresourceQuery(
  request: Channels & {
    readonly command?: readonly string[];
    readonly container?: string;
  },
): URLSearchParams {
  const query = new URLSearchParams();
  for (const word of request.command ?? []) query.append("command", word);
  if (request.container !== undefined) {
    query.append("container", request.container);
  }
  for (const flag of ["stdin", "stdout", "stderr", "tty"] as const) {
    query.append(flag, String(request[flag]));
  }
  return query;
}
