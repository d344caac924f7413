import { exitCodeOf } from "../channel/status_frame.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { runInTerminal } from "../terminal/mod.ts";
import { say } from "./screen.ts";

/** Runs a session in this terminal, and says how it ended, unless well. */
export async function runToEnd(session: StreamSession): Promise<number> {
  const exitCode = await runInTerminal(session);
  await tellEnd(session, exitCode);
  return exitCode;
}

async function tellEnd(
  session: StreamSession,
  exitCode: number,
): Promise<void> {
  if (exitCode === 0) return;
  const status = await session.waitForStatus();
  if (session.subresource === "exec" && exitCodeOf(status) !== null) {
    return await say(`command terminated with exit code ${exitCode}`);
  }
  const why = status?.message ??
    "The server closed the session without saying how it ended";
  await say(`error: ${why.replaceAll(/\s*[\r\n]+\s*/g, "; ")}`);
}
