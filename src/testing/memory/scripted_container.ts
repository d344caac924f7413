import { FailedProcess } from "../containers/failed_process.ts";
import type {
  Container,
  ContainerSpec,
  PodIdentity,
  ProcessOutcome,
  StreamedProcess,
  StreamFlags,
} from "../containers/container.ts";
import { MainProcess } from "../containers/main_process.ts";
import type { ContainerLog } from "../containers/container_log.ts";
import type { MemoryCommand } from "./memory_process.ts";
import { ScriptedProcess } from "./scripted_process.ts";

/** One script for every command, or scripts by the name of the program. */
export type MemoryCommands =
  | MemoryCommand
  | Readonly<Record<string, MemoryCommand>>;

export interface ContainerScripts {
  readonly exec: MemoryCommands;
  readonly main: MemoryCommand;
}

const KILLED = 137;

/** A container whose commands are functions. */
export class ScriptedContainer implements Container {
  readonly ended: Promise<ProcessOutcome>;
  readonly #scripts: ContainerScripts;
  readonly #spec: ContainerSpec;
  readonly #pod: PodIdentity;
  readonly #main: MainProcess;
  readonly #running = new Set<ScriptedProcess>();

  constructor(
    scripts: ContainerScripts,
    spec: ContainerSpec,
    pod: PodIdentity,
  ) {
    this.#scripts = scripts;
    this.#spec = spec;
    this.#pod = pod;
    const flags = {
      stdin: spec.stdin === true,
      stdout: true,
      stderr: true,
      tty: spec.tty === true,
    };
    const command = [...spec.command ?? [], ...spec.args ?? []];
    const main = this.#start(scripts.main, command, flags);
    this.#main = new MainProcess(main, spec);
    this.ended = this.#main.ended;
  }

  get log(): ContainerLog {
    return this.#main.log;
  }

  exec(command: readonly string[], flags: StreamFlags): StreamedProcess {
    const script = scriptFor(this.#scripts.exec, command[0] ?? "");
    if (script !== null) return this.#start(script, command, flags);
    const name = JSON.stringify(command[0] ?? "");
    return new FailedProcess(
      `exec: ${name}: executable file not found in $PATH`,
    );
  }

  attach(): StreamedProcess {
    return this.#main.attach();
  }

  stop(): Promise<void> {
    for (const process of this.#running) process.exit(KILLED);
    return Promise.resolve();
  }

  #start(
    script: MemoryCommand,
    command: readonly string[],
    flags: StreamFlags,
  ): ScriptedProcess {
    const process = new ScriptedProcess(script, {
      command,
      container: this.#spec.name,
      pod: this.#pod,
      flags,
    });
    this.#running.add(process);
    process.ended.then(() => this.#running.delete(process));
    return process;
  }
}

function scriptFor(
  commands: MemoryCommands,
  program: string,
): MemoryCommand | null {
  if (typeof commands === "function") return commands;
  return Object.hasOwn(commands, program) ? commands[program]! : null;
}
