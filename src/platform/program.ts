import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { Readable } from "node:stream";
import { type Bytes, concatBytes } from "../bytes.ts";
import { builtin } from "./builtin.ts";
import { startBackgroundTimer } from "./background_timer.ts";
import { stdinIsTerminal } from "./runtime.ts";
import {
  type Environment,
  systemProgram,
  type WindowsCommand,
  windowsCommand,
  withVariables,
} from "./windows_program.ts";

/** A program to run to its end. */
export interface Program {
  /** A path, or a name to look up in `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Variables to add to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the program inherits stdin and stderr, to use the terminal. */
  readonly interactive: boolean;
  /** The maximum length of stdout, in bytes. */
  readonly maxOutput: number;
}

/** The result of a program. */
export interface ProgramResult {
  /** Null if a signal ended the program. */
  readonly exitCode: number | null;
  /** The signal that ended the program, for example `SIGKILL`; else null. */
  readonly signal: string | null;
  readonly stdout: Bytes;
  /** The last 4 KiB of stderr; empty if interactive. */
  readonly stderr: Bytes;
}

/** The program was killed because its output exceeded `maxOutput`. */
export class OutputLimitError extends Error {
  override name = "OutputLimitError";
}

/** What running a program takes of the machine; tests replace it. */
export interface ProgramMachine {
  readonly platform: string;
  readonly env: Environment;
  /**
   * Whether the runtime itself finds programs and quotes for batch files, as Deno
   * does: its permissions are for the names that it is given.
   */
  readonly findsPrograms: boolean;
  isFile(path: string): boolean;
  spawn(
    command: string,
    args: readonly string[],
    options: SpawnOptions,
  ): ChildProcess;
}

function thisMachine(): ProgramMachine {
  const { platform, env } = builtin("node:process");
  const { statSync } = builtin("node:fs");
  const { spawn } = builtin("node:child_process");
  return {
    platform,
    env,
    findsPrograms: "Deno" in globalThis,
    isFile: (path) => {
      try {
        return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
      } catch {
        return false; // A drive that is not there, for example.
      }
    },
    spawn: (command, args, options) => spawn(command, args, options),
  };
}

const MAX_STDERR = 4096;

/** How long to wait after SIGTERM, and for open pipes after the exit, in ms. */
const KILL_DELAY = 1_000;

/**
 * Runs a program to its end. Passes its stderr on.
 *
 * When the signal aborts, sends SIGTERM, and SIGKILL a second later, and rejects
 * with the signal's reason after the exit. Also ends the program's children if
 * there is no terminal and the runtime permits it: Deno needs `--allow-run`
 * without a list for that. Windows has no signals: there the program and its
 * children are ended at once, but on Deno only the program.
 *
 * @param machine For tests.
 * @throws The runtime's error if the program cannot be started: with a `code`, or
 * named `NotCapable`.
 * @throws {BatchArgumentError} A batch file of Windows cannot get the arguments.
 * @throws {OutputLimitError} If the output is too long.
 */
export async function runProgram(
  program: Program,
  signal: AbortSignal,
  machine: ProgramMachine = thisMachine(),
): Promise<ProgramResult> {
  signal.throwIfAborted();
  const running = new RunningProgram(program, machine);
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
  readonly #machine: ProgramMachine;
  readonly #child: ChildProcess;
  readonly #ownGroup: boolean;
  readonly #stdout: Bytes[] = [];
  #stderr: Bytes = new Uint8Array();
  #stopped: { readonly reason: unknown } | null = null;
  #cancelTimer: () => void = () => {};

  constructor(
    { command: name, args: given, env, interactive, maxOutput }: Program,
    machine: ProgramMachine,
  ) {
    this.#machine = machine;
    const process = builtin("node:process");
    const windows = machine.platform === "win32";
    const { command, args, isVerbatim }: WindowsCommand =
      windows && !machine.findsPrograms
        ? windowsCommand(name, given, machine.env, machine.isFile)
        : { command: name, args: given, isVerbatim: false };
    // On a terminal it must stay in the process group that Ctrl-C reaches.
    this.#ownGroup = !stdinIsTerminal() && !windows;
    this.#child = machine.spawn(command, args, {
      env: withVariables(machine.env, env, windows),
      stdio: interactive
        ? ["inherit", "pipe", "inherit"]
        : ["ignore", "pipe", "pipe"],
      detached: this.#ownGroup,
      windowsHide: true,
      windowsVerbatimArguments: isVerbatim,
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

  /** Ends the program; `end` rejects with `reason` after the exit. */
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

  /** The pipes may stay open in a child that outlives the program. */
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
    const { platform, findsPrograms } = this.#machine;
    if (platform === "win32") {
      const endsTree = name === "SIGTERM" && !findsPrograms;
      if (endsTree && pid !== undefined) this.#endTree(pid);
      else this.#child.kill(name);
      return;
    }
    try {
      if (!this.#ownGroup || pid === undefined) this.#child.kill(name);
      else builtin("node:process").kill(-pid, name);
    } catch {
      // The group is gone, or Deno denies it.
      this.#child.kill(name);
    }
  }

  /** The end of `cmd.exe`, or of another launcher, would not be the program's. */
  #endTree(pid: number): void {
    const { spawn, env } = this.#machine;
    const taskkill = spawn(
      systemProgram("taskkill.exe", env),
      ["/pid", `${pid}`, "/t", "/f"],
      { stdio: "ignore", windowsHide: true },
    );
    taskkill.once("error", () => this.#child.kill("SIGKILL"));
  }

  /** Deno 2.5 has no streams if the program cannot be started. */
  #read(stream: Readable | null, take: (chunk: Bytes) => void): void {
    stream?.on("data", (chunk: Uint8Array) => take(new Uint8Array(chunk)));
    stream?.on("error", () => {});
  }
}
