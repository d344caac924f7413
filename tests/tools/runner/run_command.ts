import { root } from "../../harness/preload/specifiers.ts";
import type { CommandLine } from "./commands.ts";

/** How a command ended. */
export interface CommandResult {
  readonly ok: boolean;
  /** What it wrote, stdout and stderr as they came. */
  readonly output: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; then it is killed, which is a failure. */
  readonly timeout: number;
  /** Kills it too, which is a failure. */
  readonly signal?: AbortSignal;
  /** Where it runs; the repository's root unless said. */
  readonly cwd?: URL;
}

/** Runs a command, its output collected. */
export async function runCommand(
  { program, args }: CommandLine,
  { env = {}, timeout, signal, cwd = root }: RunOptions,
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
  // A grandchild may outlive the child and hold its pipes open.
  const stop = new AbortController();
  const collected = Promise.all(
    [child.stdout, child.stderr].map((stream) =>
      collect(stream, parts, stop.signal)
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
  parts: string[],
  signal: AbortSignal,
): Promise<void> {
  const sink = new WritableStream<string>({
    write(part) {
      parts.push(part);
    },
  });
  try {
    await stream.pipeThrough(new TextDecoderStream()).pipeTo(sink, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
