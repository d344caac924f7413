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
  readonly timeout?: number;
  /** Kills the command, which is a failure; its reason is added to the output. */
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
  let killed: string | undefined;
  const kill = (reason: string) => {
    killed ??= reason;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended.
    }
  };
  const timer = timeout === undefined
    ? undefined
    : setTimeout(() => kill(`after ${timeout / 1000} s`), timeout);
  const onAbort = () => kill(`because ${textOf(signal!.reason)}`);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  const status = await child.status;
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  const grace = setTimeout(() => stop.abort(), 2_000);
  await collected;
  clearTimeout(grace);
  if (killed !== undefined) {
    parts.push(`\n${program} was killed ${killed}\n`);
  } else if (!status.success) {
    parts.push(`\n${program} ended with ${status.signal ?? status.code}\n`);
  }
  return { ok: status.success && killed === undefined, output: parts.join("") };
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
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
