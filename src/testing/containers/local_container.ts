import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { startTimer } from "../../timers.ts";
import { sleepUpTo } from "../sleep_up_to.ts";
import type {
  Container,
  ContainerSpec,
  PodIdentity,
  ProcessOutcome,
  StreamedProcess,
  StreamFlags,
} from "./container.ts";
import { executableProblem, spawnProblem } from "./executable.ts";
import { FailedProcess, NOT_RUNNING } from "./failed_process.ts";
import { MainProcess } from "./main_process.ts";
import { PipedProcess } from "./piped_process.ts";
import {
  CONTAINER_VARIABLE,
  signalContainer,
  signalProcess,
} from "./process_table.ts";
import { spawnInTerminal } from "./terminal.ts";
import { TerminalProcess } from "./terminal_process.ts";
import type { ContainerLog } from "./container_log.ts";

/** Waits for input that never comes, and ends with this process. */
const IDLE = ["cat"];
const KILL_INTERVAL = 10;
/** Not the ENOENT of a shell, or of `cat`, that nobody asked for. */
const NO_PROCESSES =
  "the containers of the test cluster are POSIX processes, " +
  "which Windows does not have; use memoryTransport, or the cluster in WSL";
/** Milliseconds that clients have to read the output before a stop. */
const LAST_OUTPUT = 100;
const LAST_OUTPUT_STEPS = 10;

/**
 * A container of local processes, which share this machine's files and network.
 * Their environment holds the container's id, by which `stop` finds all of them.
 */
export class LocalContainer implements Container {
  readonly ended: Promise<ProcessOutcome>;
  readonly #id = crypto.randomUUID();
  readonly #spec: ContainerSpec;
  readonly #env: Readonly<Record<string, string>>;
  readonly #main: MainProcess;
  readonly #children = new Set<ChildProcess>();
  /** The first child, which alone gets SIGTERM, as in a PID namespace. */
  #mainChild: ChildProcess | null = null;
  readonly #waiting = new Set<TerminalProcess>();
  readonly #processes = new Set<StreamedProcess>();
  readonly #platform: string;
  #stopped = false;

  /** @param platform For tests. */
  constructor(
    spec: ContainerSpec,
    owner: PodIdentity,
    platform: string = process.platform,
  ) {
    this.#platform = platform;
    this.#spec = spec;
    this.#env = environment(spec, owner, this.#id);
    const command = mainCommand(spec);
    const flags = {
      stdin: spec.stdin === true || command === IDLE,
      stdout: true,
      stderr: true,
      tty: spec.tty === true,
    };
    this.#main = new MainProcess(this.exec(command, flags), spec);
    this.ended = this.#main.ended;
  }

  get log(): ContainerLog {
    return this.#main.log;
  }

  exec(command: readonly string[], flags: StreamFlags): StreamedProcess {
    const failure = this.#platform === "win32"
      ? NO_PROCESSES
      : this.#stopped
      ? NOT_RUNNING
      : command.length === 0
      ? "no command was given"
      : [...command, ...Object.values(this.#env)].some(hasNul)
      ? `exec: ${JSON.stringify(command[0])}: invalid argument`
      : !existsSync(this.#spec.workingDir || "/")
      ? `exec: chdir to ${JSON.stringify(this.#spec.workingDir)}: ` +
        "no such file or directory"
      : executableProblem(command[0]!, this.#env.PATH!);
    if (failure !== null) return new FailedProcess(failure);
    const started = this.#start(command, flags);
    this.#processes.add(started);
    started.ended.then(() => this.#processes.delete(started));
    return started;
  }

  #start(command: readonly string[], flags: StreamFlags): StreamedProcess {
    if (flags.tty) return this.#startInTerminal(command);
    try {
      return this.#startPiped(command, flags);
    } catch (error) {
      return new FailedProcess(spawnProblem(command[0]!, error));
    }
  }

  attach(): StreamedProcess {
    return this.#main.attach();
  }

  async stop(grace: number): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#waiting) waiting.cancel();
    if (grace > 0) await this.#terminate(grace);
    while (this.#kill() > 0) await sleepUpTo(KILL_INTERVAL);
    const ends = [...this.#processes].map((process) => process.ended);
    const stopTimer = startTimer(LAST_OUTPUT, () => {
      for (const process of this.#processes) process.release();
    }, { steps: LAST_OUTPUT_STEPS });
    await Promise.all(ends);
    stopTimer();
  }

  /** Sends SIGTERM to the main process, and waits up to `grace` ms for its end. */
  async #terminate(grace: number): Promise<void> {
    const main = this.#mainChild;
    if (main === null) return;
    const deadline = Date.now() + grace;
    signalProcess(-main.pid!, "SIGTERM");
    while (this.#children.has(main) && Date.now() < deadline) {
      await sleepUpTo(KILL_INTERVAL);
    }
  }

  #kill(): number {
    for (const { pid } of this.#children) signalProcess(-pid!, "SIGKILL");
    return this.#platform === "linux"
      ? signalContainer(this.#id, "SIGKILL")
      : this.#children.size;
  }

  #startPiped(
    command: readonly string[],
    { stdin, stdout, stderr }: StreamFlags,
  ): PipedProcess {
    const stdio = (wanted: boolean): "pipe" | "ignore" =>
      wanted ? "pipe" : "ignore";
    const child = spawn(command[0]!, command.slice(1), {
      cwd: this.#spec.workingDir || undefined,
      env: this.#env,
      detached: true,
      stdio: [stdio(stdin), stdio(stdout), stdio(stderr)],
    });
    this.#track(child);
    return new PipedProcess(child);
  }

  #startInTerminal(command: readonly string[]): StreamedProcess {
    if (this.#platform !== "linux") {
      return new FailedProcess("a terminal needs Linux and its script program");
    }
    const setting = {
      argv: command,
      env: this.#env,
      cwd: this.#spec.workingDir || undefined,
    };
    const started = new TerminalProcess((size) => {
      this.#waiting.delete(started);
      try {
        const child = spawnInTerminal(setting, size);
        this.#track(child);
        return child;
      } catch (error) {
        return { failure: spawnProblem(command[0]!, error) };
      }
    });
    this.#waiting.add(started);
    return started;
  }

  #track(child: ChildProcess): void {
    if (child.pid === undefined) return;
    this.#mainChild ??= child;
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
  }
}

function hasNul(text: string): boolean {
  return text.includes("\0");
}

/** In place of the image's entrypoint: a shell with stdin, else `cat`. */
function mainCommand(
  { command, args, stdin }: ContainerSpec,
): string[] {
  const given = [...command ?? [], ...args ?? []];
  if (given.length > 0) return given;
  return stdin === true ? ["sh"] : IDLE;
}

function environment(
  spec: ContainerSpec,
  owner: PodIdentity,
  id: string,
): Record<string, string> {
  const own = (spec.env ?? []).map(({ name, value }) => [name, value ?? ""]);
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: process.env.HOME ?? "/",
    HOSTNAME: owner.pod,
    ...Object.fromEntries(own),
    [CONTAINER_VARIABLE]: id,
  };
}
