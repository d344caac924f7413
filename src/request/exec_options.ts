import { checkUnicode } from "../bytes.ts";
import { checkTerminalSize, type TerminalSize } from "../channel/resize.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import {
  COMMAND_OPTIONS,
  type CommandOptions,
  preparedCommand,
} from "./command_options.ts";

/** Options of every `exec` and `attach`. */
export interface SubresourceOptions {
  /**
   * The container. Defaults to the pod's only one; of several to that of the
   * annotation `kubectl.kubernetes.io/default-container`, then to the first.
   */
  readonly container?: string;
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds; null for no limit; defaults to the client's `timeout`. For
   * `stream` it covers credentials to handshake, for `run` the whole call.
   */
  readonly timeout?: number | null;
  /** Aborts the call, or the session for its whole life, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** Options of `attach.stream`, and of `exec.stream` besides its command. */
export interface StreamOptions extends SubresourceOptions {
  /**
   * Whether to open stdin.
   *
   * @default {false}
   */
  readonly stdin?: boolean;
  /**
   * Whether to open stdout.
   *
   * @default {true}
   */
  readonly stdout?: boolean;
  /**
   * Whether to open stderr; with a tty there is none.
   *
   * @default {true}
   */
  readonly stderr?: boolean;
  /**
   * Whether to allocate a terminal.
   *
   * @default {false}
   */
  readonly tty?: boolean;
  /** The terminal's first size; only with `tty`. */
  readonly size?: TerminalSize;
}

/** Options of `attach.stream`. */
export type AttachStreamOptions = StreamOptions;

/** Options of `exec.stream`. */
export interface ExecStreamOptions extends StreamOptions, CommandOptions {}

/** Options of `exec.run`. */
export interface ExecRunOptions extends SubresourceOptions, CommandOptions {
  /**
   * The command's input: null opens no stdin; anything else is written, then
   * stdin is closed.
   *
   * @default {null}
   */
  readonly stdin?:
    | null
    | Uint8Array
    | string
    | ReadableStream<Uint8Array>
    | AsyncIterable<Uint8Array>;
  /**
   * Whether to collect stdout.
   *
   * @default {true}
   */
  readonly stdout?: boolean;
  /**
   * Whether to collect stderr.
   *
   * @default {true}
   */
  readonly stderr?: boolean;
  /**
   * The most bytes to collect per stream; null for no limit.
   *
   * @default {67_108_864}
   */
  readonly maxBuffer?: number | null;
  /**
   * Whether to end the remote process when the command is given up: by the
   * signal, the timeout, `maxBuffer`, a failing stdin, a lost connection or
   * `client.close()`, which waits for it. A disconnect alone does not end it. A
   * server that has not answered yet gets 2 more seconds. A second exec sends the
   * signal to the process's group, where the image allows, else to the process,
   * and waits up to 2 seconds for the end; `true` sends TERM, then KILL. The
   * promise rejects after that, at most about 9 seconds later.
   *
   * The error's `killed` tells whether the processes are gone; where the reason
   * is the caller's own, `onKilled` does. The command is started by `sh`, as for
   * `cwd`, and needs the same rights once more.
   *
   * @default {false}
   */
  readonly killOnAbort?: boolean | "TERM" | "INT" | "KILL";
  /**
   * Called before the promise rejects, once `killOnAbort` has been tried: with
   * true if the process and its group are known to be gone. With false, too, if
   * the server did not answer: it may have started the command nevertheless.
   */
  readonly onKilled?: (killed: boolean) => void;
}

/** The channels that a request asks for. */
export interface Channels {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What a call asks of the server; an attach has no command. */
export interface ExecRequest extends Channels {
  readonly command?: readonly string[] | undefined;
  readonly container?: string | undefined;
  /** Whether `sh` starts the command. */
  readonly usesShell?: boolean;
}

/** How to end the process of a command that is given up. */
export interface KillRequest {
  /** The signals to send, one after the other. */
  readonly signals: readonly string[];
  /** The word before the process's identity, on stderr. */
  readonly announcement: string;
  readonly onKilled: (killed: boolean) => void;
}

/** The request of an `exec.run`, and how much of its output to collect. */
export interface RunRequest extends ExecRequest {
  /** Bytes per stream; Infinity for no limit. */
  readonly maxBuffer: number;
  /** Whether to collect stderr, which is requested for a `kill`, too. */
  readonly collectsStderr: boolean;
  readonly kill: KillRequest | null;
}

/** The request of a `stream`, and the terminal's first size. */
export interface StreamRequest extends ExecRequest {
  readonly size?: TerminalSize | undefined;
}

const SUBRESOURCE_OPTIONS: OptionNames<SubresourceOptions> = {
  container: true,
  namespace: true,
  timeout: true,
  signal: true,
};

const ATTACH_OPTIONS: OptionNames<AttachStreamOptions> = {
  ...SUBRESOURCE_OPTIONS,
  stdin: true,
  stdout: true,
  stderr: true,
  tty: true,
  size: true,
};

const EXEC_OPTIONS: OptionNames<ExecStreamOptions> = {
  ...ATTACH_OPTIONS,
  ...COMMAND_OPTIONS,
};

/** The names of the options of `exec.run`, for `checkOptions`. */
export const RUN_OPTIONS: OptionNames<ExecRunOptions> = {
  ...SUBRESOURCE_OPTIONS,
  ...COMMAND_OPTIONS,
  stdin: true,
  stdout: true,
  stderr: true,
  maxBuffer: true,
  killOnAbort: true,
  onKilled: true,
};

/** How many bytes `run` collects per stream by default. */
const MAX_BUFFER = 64 * 2 ** 20;

/**
 * Checks the options of `exec.run`, except its stdin, and fills in defaults. The
 * caller may change its own object later.
 *
 * @param action What is done, for messages: "Cannot {action}: ...".
 * @throws {TypeError | RangeError} If an option is invalid or does not exist.
 */
export function runRequest(
  action: string,
  options: ExecRunOptions,
): RunRequest {
  if ((options as StreamOptions | undefined)?.tty) {
    throw new TypeError(`Cannot ${action}: run never uses a tty; use stream`);
  }
  checkOptions(options, RUN_OPTIONS, action);
  const kill = killOf(action, options ?? {});
  const command = preparedCommand(action, options, kill?.announcement);
  const { stdin = null, stdout = true, stderr = true, container } = options;
  checkContainer(action, container);
  const channels = { stdin: stdin !== null, stdout, stderr, tty: false };
  checkChannels(action, channels);
  const maxBuffer = maxBufferOf(action, options.maxBuffer);
  return {
    ...channels,
    stderr: stderr || kill !== null,
    ...command,
    container,
    maxBuffer,
    collectsStderr: stderr,
    kill,
  };
}

/**
 * Checks the options of `exec.stream` or `attach.stream`, and fills in defaults.
 * The caller may change its own object later.
 *
 * @param action What is done, for messages: "Cannot {action}: ...".
 * @throws {TypeError | RangeError} If an option is invalid or does not exist.
 */
export function streamRequest(
  action: string,
  subresource: "exec" | "attach",
  options: StreamOptions | ExecStreamOptions,
): StreamRequest {
  const isExec = subresource === "exec";
  checkOptions(options, isExec ? EXEC_OPTIONS : ATTACH_OPTIONS, action);
  const command = isExec
    ? preparedCommand(action, options as ExecStreamOptions)
    : undefined;
  const { stdin = false, stdout = true, stderr = true, tty = false } = options;
  const { size, container } = options;
  checkContainer(action, container);
  const channels = { stdin, stdout, stderr, tty };
  checkChannels(action, channels);
  if (size !== undefined) {
    if (!tty) throw new TypeError(`Cannot ${action}: a size needs a tty`);
    checkTerminalSize(size);
  }
  return {
    ...channels,
    stderr: stderr && !tty,
    ...command,
    container,
    size: size && { ...size },
  };
}

/** @throws {TypeError} If `container` is given and not a name. */
export function checkContainer(action: string, container: unknown): void {
  if (container === undefined) return;
  if (typeof container !== "string" || container === "") {
    throw new TypeError(
      `Cannot ${action}: container must be a non-empty string`,
    );
  }
  checkUnicode(container, action, "container");
}

const KILL_SIGNALS = ["TERM", "INT", "KILL"];

function killOf(
  action: string,
  { killOnAbort = false, onKilled = () => {} }: ExecRunOptions,
): KillRequest | null {
  if (typeof onKilled !== "function") {
    throw new TypeError(`Cannot ${action}: onKilled is not a function`);
  }
  if (killOnAbort === false) return null;
  const signals = killOnAbort === true ? ["TERM", "KILL"] : [killOnAbort];
  if (!signals.every((signal) => KILL_SIGNALS.includes(signal))) {
    throw new TypeError(
      `Cannot ${action}: killOnAbort must be true, false, "TERM", "INT" or "KILL"`,
    );
  }
  const announcement = `podwire-${crypto.randomUUID()}`;
  return { signals, announcement, onKilled };
}

/** A server refuses a request for no channel, some of them after the upgrade. */
function checkChannels(action: string, channels: Channels): void {
  for (const [name, value] of Object.entries(channels)) {
    if (typeof value === "boolean") continue;
    throw new TypeError(
      `Cannot ${action}: ${name} must be true or false, not a ${typeof value}`,
    );
  }
  const { stdin, stdout, stderr, tty } = channels;
  if (stdin || stdout || stderr && !tty) return;
  throw new TypeError(
    `Cannot ${action}: no channel is requested; ask for at least one of ` +
      `stdin, stdout and stderr`,
  );
}

/** @throws {TypeError | RangeError} It is no limit. */
export function maxBufferOf(
  action: string,
  value: unknown = MAX_BUFFER,
): number {
  if (value === null || value === Infinity) return Infinity;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new TypeError(
      `Cannot ${action}: maxBuffer must be a whole number of bytes or null`,
    );
  }
  if (value < 0) {
    throw new RangeError(`Cannot ${action}: maxBuffer ${value} is below 0`);
  }
  return value;
}

/**
 * The query of an exec or attach request. All four flags are always there: the
 * server has no defaults (`PodExecOptions` of the core API).
 */
export function subresourceQuery(request: ExecRequest): URLSearchParams {
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
