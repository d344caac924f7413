import {
  checkMaxBuffer,
  type ExecRunOptions,
  requested,
} from "../request/exec_options.ts";
import { subresourceQuery } from "../request/subresource_query.ts";
import type { ExecResult } from "./exec_result.ts";
import { nothingCollected, withPartial } from "./partial.ts";
import { connectRun } from "./run_connection.ts";
import { RunningCommand } from "./running_command.ts";
import { type StdinFeed, stdinFeed } from "./stdin_feed.ts";
import { type AccessorContext, startCall } from "./subresource.ts";

/** How many bytes `run` collects per stream unless told otherwise. */
const MAX_BUFFER = 64 * 2 ** 20;

/** Runs a command to its end, and collects what it writes. */
export async function runCommand(
  context: AccessorContext,
  name: string,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const { command, container, stdin = null, maxBuffer } = options;
  const { stdout = true, stderr = true } = options;
  const withStdin = stdin !== null;
  const channels = requested("exec", {
    stdin: withStdin,
    stdout,
    stderr,
    tty: false,
  });
  checkNoTty(options);
  checkMaxBuffer("exec", maxBuffer ?? null);
  const call = startCall(context, "exec", name, options);
  const query = subresourceQuery({ ...channels, command, container });
  let feed: StdinFeed | null = null;
  try {
    feed = withStdin ? stdinFeed("exec", stdin) : null;
    const connection = await connectRun(call, query, withStdin);
    const limit = maxBuffer === undefined ? MAX_BUFFER : maxBuffer ?? Infinity;
    const running = new RunningCommand(call, connection, {
      stdout,
      stderr,
      limit,
    });
    return await running.finish(feed);
  } catch (error) {
    feed?.cancel(error);
    throw withPartial(error, nothingCollected());
  } finally {
    call.deadline.release();
  }
}

/** `run` has none; who asks for one all the same would wait for its effect. */
function checkNoTty(options: object): void {
  if ("tty" in options && options.tty) {
    throw new TypeError("Cannot exec: run never uses a tty; use stream");
  }
}
