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
import { stdinFeed } from "./stdin_feed.ts";
import {
  type AccessorContext,
  startCall,
  type SubresourceCall,
} from "./subresource.ts";

/** How many bytes `run` collects per stream unless told otherwise. */
const MAX_BUFFER = 64 * 2 ** 20;

/** Runs a command to its end, and collects what it writes. */
export async function runCommand(
  context: AccessorContext,
  name: string,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const { stdin = null, stdout = true, stderr = true, maxBuffer } = options;
  const channels = requested("exec", {
    stdin: stdin !== null,
    stdout,
    stderr,
    tty: false,
  });
  checkMaxBuffer("exec", maxBuffer ?? null);
  const feed = stdin === null ? null : stdinFeed("exec", stdin);
  let call: SubresourceCall;
  try {
    call = startCall(context, "exec", name, options);
  } catch (error) {
    feed?.cancel(error);
    throw error;
  }
  const { command, container } = options;
  const query = subresourceQuery({ ...channels, command, container });
  try {
    const connection = await connectRun(call, query, feed !== null);
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
