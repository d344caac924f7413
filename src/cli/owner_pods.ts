// The pods of a workload or a service, which may have none yet.
import { type TargetCall, targetSelector } from "../api/targets/resolve.ts";
import { Collection } from "../api/watch/collection.ts";
import { listAndWatch } from "../api/watch/list_and_watch.ts";
import { TargetNotFoundError } from "../errors.ts";
import { startTimer } from "../timers.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { durationOf } from "./flag_values.ts";
import type { PodCommand } from "./flags.ts";

/**
 * Runs `body`, and once more if the workload or service had no pod: when it has
 * one, whatever that is doing, as kubectl does.
 *
 * @param timeout Milliseconds; see {@linkcode podTimeoutOf}.
 * @throws {CommandError} It has none within the timeout.
 */
export async function oncePodsExist<T>(
  call: TargetCall,
  timeout: number,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof TargetNotFoundError)) throw error;
    if (call.target.kind !== "owner") throw error;
    await waitForPod(call, timeout);
    return await body();
  }
}

/**
 * How long to wait for a pod, in milliseconds.
 *
 * @throws {UsageError} The flag is no duration, or 0.
 */
export function podTimeoutOf(
  commandLine: CommandLine,
  command: PodCommand,
): number {
  const timeout = durationOf(commandLine, "pod-running-timeout");
  if (timeout === undefined) return command === "logs" ? 20_000 : 60_000;
  if (timeout > 0) return timeout;
  throw new UsageError(
    "--pod-running-timeout must be higher than zero",
    command,
  );
}

/** Resolves when there is a pod, if only a completed one. */
async function waitForPod(call: TargetCall, timeout: number): Promise<void> {
  const { context, action } = call;
  const collection = new Collection(context, await targetSelector(call));
  const stop = new AbortController();
  const cancel = startTimer(timeout, () => {
    stop.abort(
      new CommandError(
        `Cannot ${action}: timed out waiting for a pod, after ` +
          `${timeout / 1000} s (see --pod-running-timeout)`,
      ),
    );
  });
  const steps = listAndWatch(collection, {
    resourceVersion: null,
    signal: stop.signal,
  });
  try {
    for await (const step of steps) {
      const exists = step.type === "LISTED"
        ? step.objects.length > 0
        : step.type !== "DELETED";
      if (exists) return;
    }
  } finally {
    cancel();
    stop.abort();
  }
}
