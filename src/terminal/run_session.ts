import type {
  LocalTerminal,
  OutputWriter,
} from "../platform/terminal/terminal.ts";
import type { Bytes } from "../bytes.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { exitCodeFor } from "./exit_code.ts";
import { followSize } from "./follow_size.ts";
import { type InputEnd, TypedInput } from "./typed_input.ts";

/** Options of `runInTerminal`. */
export interface TerminalOptions {
  /**
   * Whether ctrl-p ctrl-q leaves the container, as docker has it; true unless
   * said. Only for an attach with a tty, from a terminal: a ctrl-p is held back
   * until the next key.
   */
  readonly detachKeys?: boolean;
}

/** Why it is over; the first counts. */
type Ending =
  | { readonly exitCode: number }
  | { readonly reason: unknown };

/** Connects a session with a terminal, as `runInTerminal` says. */
export async function runSession(
  session: StreamSession,
  terminal: LocalTerminal,
  { detachKeys = true }: TerminalOptions = {},
): Promise<number> {
  const over = Promise.withResolvers<Ending>();
  const isRaw = session.tty && session.hasStdin && terminal.isTyped;
  const outputs = (["stdout", "stderr"] as const)
    .map((name) => ({ source: session[name], to: terminal.openOutput(name) }));
  const input = session.hasStdin
    ? new TypedInput(session, terminal.openInput(), {
      detachKeys: detachKeys && isRaw && session.subresource === "attach",
    })
    : null;
  const undo: (() => void)[] = [];
  try {
    const departed = (exitCode: number) => over.resolve({ exitCode });
    if (isRaw) undo.push(takeOver(terminal, departed));
    undo.push(followSize(terminal, session));
    input?.run().then((end) => leave(end, over.resolve));
    show(session, outputs).then(over.resolve);
    const ending = await over.promise;
    if ("reason" in ending) throw ending.reason;
    return ending.exitCode;
  } finally {
    for (const step of undo) step();
    await Promise.all([session.close(), input?.close()]);
    for (const { to } of outputs) to.close();
  }
}

/** Makes the terminal raw; gives how to set it back, which works once. */
function takeOver(
  terminal: LocalTerminal,
  departed: (exitCode: number) => void,
): () => void {
  let isRaw = true;
  const restore = (): void => {
    if (isRaw) terminal.setRaw(false);
    isRaw = false;
  };
  terminal.setRaw(true);
  const stop = terminal.onDeparture((exitCode) => {
    restore();
    departed(exitCode);
  });
  return () => {
    stop();
    restore();
  };
}

/** The end of the input ends the session only where it was left, or failed. */
function leave(end: InputEnd, over: (ending: Ending) => void): void {
  if (end.kind === "detached") over({ exitCode: 0 });
  else if (end.kind === "failed") over({ reason: end.reason });
}

/** A source of bytes, and where they are to be seen. */
interface Output {
  readonly source: ReadableStream<Bytes>;
  readonly to: OutputWriter;
}

/** Shows everything that comes; gives how the session ended. */
async function show(
  session: StreamSession,
  outputs: readonly Output[],
): Promise<Ending> {
  const unwritable = Promise.withResolvers<Ending>();
  const copies = outputs.map(({ source, to }) =>
    copy(source, to, (reason) => unwritable.resolve({ reason }))
  );
  return await Promise.race([endOf(session, copies), unwritable.promise]);
}

/** How the session ended, once all that came before is shown. */
async function endOf(
  session: StreamSession,
  copies: readonly Promise<void>[],
): Promise<Ending> {
  try {
    await Promise.all(copies);
    const status = await session.waitForStatus();
    return { exitCode: exitCodeFor(session.subresource, status) };
  } catch (reason) {
    return { reason };
  }
}

/** Copies to the end, also a sad one: its reason is the session's, too. */
async function copy(
  source: ReadableStream<Bytes>,
  to: OutputWriter,
  unwritable: (reason: unknown) => void,
): Promise<void> {
  const reader = source.getReader();
  const next = () => reader.read().catch(() => ({ value: undefined }));
  for (let bytes; (bytes = (await next()).value) !== undefined;) {
    try {
      await to.write(bytes);
    } catch (reason) {
      return unwritable(reason);
    }
  }
}
