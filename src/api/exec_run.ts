import { abortable } from "../abortable.ts";
import { type ExecRunOptions, runRequest } from "../request/exec_options.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import type { ExecResult } from "./exec_result.ts";
import type { RunBeside } from "./kill_process.ts";
import { negotiateRun, openOnPod, startCall } from "./negotiate.ts";
import { nothingCollected, setKilled, withPartial } from "./run_error.ts";
import { type StdinFeed, stdinFeed } from "./stdin_feed.ts";

/** Runs a command to its end, and collects its output. */
export async function runCommand(
  context: CallContext,
  target: Target,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const started = startCall(context, "exec", target, options, runRequest);
  let feed: StdinFeed | null = null;
  try {
    feed = stdinFeed(started.action, options.stdin);
    // Before the connection, whose messages may come at once.
    const { RunningCommand } = await abortable(
      import("./running_command.ts"),
      started.deadline.signal,
    );
    const { call, opened } = await openOnPod(started, negotiateRun);
    const { name, namespace, request: { container } } = call;
    const place = { namespace, container };
    const runBeside: RunBeside = (request) => {
      // Closing the client waits for it.
      const client = context.client.beside();
      const beside = { ...context, client };
      return runCommand(beside, name, { ...request, ...place });
    };
    return await new RunningCommand(call, opened, runBeside).finish(feed);
  } catch (error) {
    feed?.cancel(error);
    // A server may have started the command although its answer did not come.
    if (started.request.kill !== null) setKilled(error, false);
    throw withPartial(error, nothingCollected());
  } finally {
    started.deadline.release();
  }
}
