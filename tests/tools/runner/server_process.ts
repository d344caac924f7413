import type { CommandLine } from "./commands.ts";

const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** A server that runs until its stdin ends. */
export interface ServerProcess {
  /** The first line of its output. */
  readonly line: string;
  /** Stops the server, and waits until it is gone. */
  close(): Promise<void>;
}

/**
 * Starts a server that prints one line when it is ready and runs while its stdin
 * is open, so it never outlives this process.
 *
 * @param log The file for its stderr.
 */
export async function startServer(
  { program, args }: CommandLine,
  log: string,
): Promise<ServerProcess> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const logged = logTo(log, child.stderr);
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT);
  const line = await firstLine(child.stdout);
  clearTimeout(timer);
  if (line === null) {
    await child.stdin.close().catch(() => {});
    const { code, signal } = await child.status;
    await logged;
    throw new Error(
      `${program} ended with ${signal ?? code} before it was ready:\n` +
        await Deno.readTextFile(log),
    );
  }
  return {
    line,
    close: async () => {
      await stop(child);
      await logged;
    },
  };
}

async function logTo(
  path: string,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const file = await Deno.open(path, {
    create: true,
    write: true,
    truncate: true,
  });
  await stream.pipeTo(file.writable).catch(() => {});
}

/** The first line, or null if there is none. The rest is not read. */
async function firstLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string | null> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return null;
}

async function stop(child: Deno.ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
  await child.stdin.close().catch(() => {});
  await child.status;
  clearTimeout(timer);
}
