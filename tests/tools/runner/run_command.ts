import { root } from "../../harness/preload/specifiers.ts";
import type { CommandLine } from "./commands.ts";

/** How a command ended. */
export interface CommandResult {
  readonly ok: boolean;
  /** Its stdout and stderr, interleaved. */
  readonly output: string;
}

/** Options of {@linkcode runCommand}. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the command is killed, which is a failure. */
  readonly timeout: number;
  /** Kills the command, which is a failure. */
  readonly signal?: AbortSignal;
  /** Receives the output as it arrives. */
  readonly onOutput?: (part: string) => void;
  /** The working directory. Defaults to the repository's root. */
  readonly cwd?: URL;
}

/** Runs a command and collects its output. */
export async function runCommand(
  { program, args }: CommandLine,
  { env = {}, timeout, signal, onOutput, cwd = root }: RunOptions,
): Promise<CommandResult> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    signal,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const parts: string[] = [];
  const add = (part: string) => {
    parts.push(part);
    onOutput?.(part);
  };
  // A grandchild may outlive the child and keep its pipes open.
  const stop = new AbortController();
  const collected = Promise.all(
    [child.stdout, child.stderr].map((stream) =>
      collect(stream, add, stop.signal)
    ),
  );
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout);
  const status = await child.status;
  clearTimeout(timer);
  const grace = setTimeout(() => stop.abort(), 2_000);
  await collected;
  clearTimeout(grace);
  if (late) parts.push(`\n${program} was killed after ${timeout / 1000} s\n`);
  else if (!status.success) {
    parts.push(`\n${program} ended with ${status.signal ?? status.code}\n`);
  }
  return { ok: status.success && !late, output: parts.join("") };
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  add: (part: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const sink = new WritableStream<string>({
    write: add,
  });
  try {
    await stream.pipeThrough(new TextDecoderStream()).pipeTo(sink, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
