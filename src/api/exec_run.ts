import { abortable } from "../abortable.ts";
import { type ExecRunOptions, runRequest } from "../request/exec_options.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import type { ExecResult } from "./exec_result.ts";
import type { RunBeside } from "./kill_process.ts";
import type { RunningCommand } from "./running_command.ts";
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
  const { deadline, request: { kill } } = started;
  let feed: StdinFeed | null = null;
  let command: RunningCommand | null = null;
  try {
    feed = stdinFeed(started.action, options.stdin);
    // Before the connection, whose messages may come at once.
    const running = await abortable(
      import("./running_command.ts"),
      deadline.signal,
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
    command = new running.RunningCommand(call, opened, runBeside);
    return await command.finish(feed);
  } catch (error) {
    feed?.cancel(error);
    // A server may have started the command although its answer did not come.
    if (kill !== null) setKilled(error, false);
    const isGivenUp = command === null && deadline.signal.aborted;
    if (isGivenUp) kill?.onKilled(false);
    throw withPartial(error, nothingCollected());
  } finally {
    deadline.release();
  }
}
