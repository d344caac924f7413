import { abortable } from "../abortable.ts";
import { SessionEndedError } from "../errors.ts";
import { type ExecRunOptions, runRequest } from "../request/exec_options.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import type { ExecResult } from "./exec_result.ts";
import type { RunBeside } from "./kill_process.ts";
import type { RunningCommand } from "./running_command.ts";
import { nothingCollected, setKilled, withPartial } from "./run_error.ts";
import { type StdinFeed, stdinFeed } from "./stdin_feed.ts";
import { startCall } from "./subresource_call.ts";

/** Runs a command to its end, and collects its output. */
export async function runCommand(
  context: CallContext,
  target: Target,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const started = startCall(context, "exec", target, options, runRequest);
  const { client, deadline, request: { kill } } = started;
  const finished = Promise.withResolvers<void>();
  let feed: StdinFeed | null = null;
  let command: RunningCommand | null = null;
  let leave = (): void => {};
  try {
    // Closing the client gives the command up, and waits for what that takes.
    leave = client.adopt({
      async close() {
        deadline.abort(closedError(started.action));
        // Before the connection is open, only a process to kill is waited for.
        if (command === null && kill === null) return;
        await finished.promise;
        await command?.released;
      },
    }, started.action);
    feed = stdinFeed(started.action, options.stdin);
    // Before the connection, whose messages may come at once.
    const [{ negotiateRun, openOnPod }, { ANNOUNCED_WITHIN, RunningCommand }] =
      await abortable(
        Promise.all([import("./negotiate.ts"), import("./running_command.ts")]),
        deadline.signal,
      );
    const abortDelay = kill === null ? 0 : ANNOUNCED_WITHIN;
    const { call, opened } = await openOnPod(
      { ...started, abortDelay },
      negotiateRun,
    );
    const { name, namespace, request: { container } } = call;
    const place = { namespace, container };
    const runBeside: RunBeside = (request) => {
      // Closing the client waits for it.
      const beside = { ...context, client: context.client.beside() };
      return runCommand(beside, name, { ...request, ...place });
    };
    command = new RunningCommand(call, opened, runBeside);
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
    finished.resolve();
    if (command === null) leave();
    else command.released.then(leave);
  }
}

function closedError(action: string): SessionEndedError {
  return new SessionEndedError(
    `Cannot finish ${action}: the client is closed`,
    { status: null },
  );
}
