import type { LocalTerminal } from "../platform/terminal/terminal.ts";
import type { TerminalSize } from "../channel/resize.ts";
import type { StreamSession } from "../session/stream_session.ts";

/**
 * Tells a session with a tty the size of the terminal, now and when it changes.
 *
 * @returns How to stop.
 */
export function followSize(
  terminal: LocalTerminal,
  session: StreamSession,
): () => void {
  if (!session.tty) return () => {};
  // Before the end it cannot fail, and after it nobody needs it.
  const resize = (size: TerminalSize) => session.resize(size).catch(() => {});
  let told: TerminalSize | null = null;
  const tell = (): void => {
    const size = terminal.size();
    if (size === null) return;
    if (size.width === told?.width && size.height === told.height) return;
    told = size;
    resize(size);
  };
  const first = terminal.size();
  // Only a change makes a program that runs already draw its screen anew.
  if (first !== null && session.subresource === "attach") {
    resize({ width: first.width, height: first.height + 1 });
  }
  tell();
  return terminal.onResize(tell);
}
