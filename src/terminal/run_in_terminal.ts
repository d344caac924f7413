import type { Bytes } from "../bytes.ts";
import type { TerminalSize } from "../channel/resize.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import type { OutputWriter } from "../platform/terminal/output.ts";
import type { Terminal } from "../platform/terminal/terminal.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Status } from "../status.ts";
import { type StdinEnd, StdinForwarder } from "./stdin_forwarder.ts";

/** Options of `runInTerminal`. */
export interface TerminalOptions {
  /**
   * Whether ctrl-p ctrl-q detaches, as in docker. Applies only to an attach
   * with a TTY from a terminal. A ctrl-p is held back until the next key.
   *
   * @default true
   */
  readonly detachKeys?: boolean;
}

/** How the run ends; the first one counts. */
type Ending =
  | { readonly exitCode: number }
  | { readonly reason: unknown };

/** Implements `runInTerminal` for any terminal. */
export async function runSessionIn(
  terminal: Terminal,
  session: StreamSession,
  { detachKeys = true }: TerminalOptions = {},
): Promise<number> {
  const ended = Promise.withResolvers<Ending>();
  const usesRawMode = session.tty && session.hasStdin && terminal.stdinIsTTY;
  const outputs: Output[] = [];
  let stdin: StdinForwarder | null = null;
  const cleanup: (() => void)[] = [];
  try {
    for (const name of ["stdout", "stderr"] as const) {
      const writer = terminal.openOutput(name);
      outputs.push({ source: session[name], writer });
    }
    if (session.hasStdin) {
      stdin = new StdinForwarder(session, terminal.openInput(), {
        detachKeys: detachKeys && usesRawMode &&
          session.subresource === "attach",
      });
    }
    const onExit = (exitCode: number) => ended.resolve({ exitCode });
    if (usesRawMode) cleanup.push(enterRawMode(terminal, onExit));
    cleanup.push(forwardSize(terminal, session));
    stdin?.run().then((end) => onStdinEnd(end, ended.resolve));
    copyOutputs(session, outputs).then(ended.resolve);
    const ending = await ended.promise;
    if ("reason" in ending) throw ending.reason;
    return ending.exitCode;
  } finally {
    for (const step of cleanup) step();
    await Promise.all([session.close(), stdin?.close()]);
    for (const { writer } of outputs) writer.close();
  }
}

/** The exit code of a program whose session ended with this status. */
function programExitCode(
  { hasExitCode }: StreamSession,
  status: Status | null,
): number {
  if (!hasExitCode) return status?.status === "Success" ? 0 : 1;
  const exitCode = exitCodeOf(status) ?? 1;
  // The system keeps the low byte only: 256 would become success.
  return exitCode >= 0 && exitCode <= 255 ? exitCode : 1;
}

/** Returns a function that restores the terminal, once. */
function enterRawMode(
  terminal: Terminal,
  onExit: (exitCode: number) => void,
): () => void {
  let isRaw = false;
  const setRawMode = (raw: boolean): void => {
    if (isRaw !== raw) terminal.setRawMode(raw);
    isRaw = raw;
  };
  setRawMode(true);
  const stops = [
    terminal.onExit((exitCode) => {
      setRawMode(false);
      onExit(exitCode);
    }),
    terminal.onSuspend(() => setRawMode(false), () => {
      // After SIGSTOP, which has no hook, the shell may have changed the mode.
      setRawMode(false);
      setRawMode(true);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    setRawMode(false);
  };
}

/**
 * Sends the terminal's size to a session with a TTY, now and at each change.
 *
 * @returns A function that stops it.
 */
function forwardSize(terminal: Terminal, session: StreamSession): () => void {
  if (!session.tty) return () => {};
  // A resize fails only after the session's end.
  const resize = (size: TerminalSize) => session.resize(size).catch(() => {});
  let sent: TerminalSize | null = null;
  const update = (): void => {
    const size = terminal.size();
    if (size === null) return;
    if (size.width === sent?.width && size.height === sent.height) return;
    sent = size;
    resize(size);
  };
  const first = terminal.size();
  // Only a change of size makes a running program redraw its screen.
  if (first !== null && session.subresource === "attach") {
    resize({ width: first.width, height: first.height + 1 });
  }
  update();
  return terminal.onResize(update);
}

/** The end of stdin ends the session only by detaching or by an error. */
function onStdinEnd(end: StdinEnd, resolve: (ending: Ending) => void): void {
  if (end.kind === "detached") resolve({ exitCode: 0 });
  else if (end.kind === "failed") resolve({ reason: end.reason });
}

interface Output {
  readonly source: ReadableStream<Bytes>;
  readonly writer: OutputWriter;
}

/** Copies all output; resolves with how the session ended. */
async function copyOutputs(
  session: StreamSession,
  outputs: readonly Output[],
): Promise<Ending> {
  const writeFailed = Promise.withResolvers<Ending>();
  const copies = outputs.map(({ source, writer }) =>
    copy(source, writer, (reason) => writeFailed.resolve({ reason }))
  );
  return await Promise.race([endingOf(session, copies), writeFailed.promise]);
}

/** Resolves once all output before the end is written. */
async function endingOf(
  session: StreamSession,
  copies: readonly Promise<void>[],
): Promise<Ending> {
  try {
    await Promise.all(copies);
    const status = await session.waitForStatus();
    return { exitCode: programExitCode(session, status) };
  } catch (reason) {
    return { reason };
  }
}

/** A read error ends the copy like EOF: `waitForStatus` rejects with it too. */
async function copy(
  source: ReadableStream<Bytes>,
  writer: OutputWriter,
  onWriteError: (reason: unknown) => void,
): Promise<void> {
  const reader = source.getReader();
  const next = () => reader.read().catch(() => ({ value: undefined }));
  for (let bytes; (bytes = (await next()).value) !== undefined;) {
    try {
      await writer.write(bytes);
    } catch (reason) {
      return onWriteError(reason);
    }
  }
}
