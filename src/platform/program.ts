import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { type Bytes, concatBytes } from "../bytes.ts";
import { builtin } from "./builtin.ts";
import { startBackgroundTimer } from "./background_timer.ts";
import { stdinIsTerminal } from "./runtime.ts";

/** A program to run to its end. */
export interface Program {
  /** A path, or a name to look up in `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it may use this process's terminal: stdin and stderr are its own. */
  readonly interactive: boolean;
  /** Its output may have so many bytes. */
  readonly maxOutput: number;
}

/** How a program ended. */
export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** What ended it, for example `SIGKILL`; null when it ended by itself. */
  readonly signal: string | null;
  readonly stdout: Bytes;
  /** The last of what it wrote to stderr, at most 4 KiB; none if interactive. */
  readonly stderr: Bytes;
}

/** Its output went over `maxOutput`, and so it was killed. */
export class OutputLimitError extends Error {
  override name = "OutputLimitError";
}

const MAX_STDERR = 4096;

/** Milliseconds that it gets to end when told to, and its output when it has. */
const KILL_DELAY = 1_000;

/**
 * Runs a program to its end. What it writes to stderr is passed on as it comes.
 *
 * When the signal aborts, the program is told to end, and killed a second later.
 * The result then rejects with the signal's reason, once the program is gone.
 * Its own children go with it, where it has no terminal and the runtime allows
 * it: Deno wants `--allow-run` without a list for that.
 *
 * @throws The runtime's error, if the program cannot be started: with a `code`,
 * or `NotCapable` by name.
 * @throws {OutputLimitError} It wrote too much.
 */
export async function runProgram(
  program: Program,
  signal: AbortSignal,
): Promise<ProgramResult> {
  signal.throwIfAborted();
  const running = new RunningProgram(program);
  const stop = (): void => running.stop(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await running.end;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class RunningProgram {
  readonly end: Promise<ProgramResult>;
  readonly #child: ChildProcess;
  readonly #ownGroup: boolean;
  readonly #stdout: Bytes[] = [];
  #stderr: Bytes = new Uint8Array();
  #stopped: { readonly reason: unknown } | null = null;
  #cancelTimer: () => void = () => {};

  constructor({ command, args, env, interactive, maxOutput }: Program) {
    const process = builtin("node:process");
    // On a terminal it has to stay in the group that Ctrl-C reaches.
    this.#ownGroup = !stdinIsTerminal() && process.platform !== "win32";
    this.#child = builtin("node:child_process").spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: interactive
        ? ["inherit", "pipe", "inherit"]
        : ["ignore", "pipe", "pipe"],
      detached: this.#ownGroup,
      windowsHide: true,
    });
    this.end = this.#untilEnd();
    let length = 0;
    this.#read(this.#child.stdout, (chunk) => {
      length += chunk.byteLength;
      if (length <= maxOutput) this.#stdout.push(chunk);
      else this.stop(new OutputLimitError("The output is too long"));
    });
    this.#read(this.#child.stderr, (chunk) => {
      process.stderr.write(chunk);
      this.#stderr = concatBytes([this.#stderr, chunk]).slice(-MAX_STDERR);
    });
  }

  /** Ends it; `end` rejects with `reason` once it is gone. */
  stop(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = { reason };
    this.#kill("SIGTERM");
    this.#cancelTimer = startBackgroundTimer(
      KILL_DELAY,
      () => this.#kill("SIGKILL"),
    );
  }

  #untilEnd(): Promise<ProgramResult> {
    return new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", () => this.#exited());
      this.#child.once("close", (exitCode, signal) => {
        this.#cancelTimer();
        if (this.#stopped) return reject(this.#stopped.reason);
        const stdout = concatBytes(this.#stdout);
        resolve({ exitCode, signal, stdout, stderr: this.#stderr });
      });
    });
  }

  /** A child of its own that lives on may hold the pipes. */
  #exited(): void {
    this.#cancelTimer();
    if (this.#stopped) this.#kill("SIGKILL");
    this.#cancelTimer = startBackgroundTimer(KILL_DELAY, () => {
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    });
  }

  #kill(name: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#child;
    try {
      if (!this.#ownGroup || pid === undefined) this.#child.kill(name);
      else builtin("node:process").kill(-pid, name);
    } catch {
      // The group is gone, or Deno does not let us.
      this.#child.kill(name);
    }
  }

  /** There are no streams when Deno 2.5 cannot start it. */
  #read(stream: Readable | null, take: (chunk: Bytes) => void): void {
    stream?.on("data", (chunk: Uint8Array) => take(new Uint8Array(chunk)));
    stream?.on("error", () => {});
  }
}
