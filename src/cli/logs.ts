import { ApiError, ConnectionLostError } from "../errors.ts";
import { openOutput } from "../platform/terminal/output.ts";
import type { LogOptions } from "../request/log_options.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import type { FlagName } from "./flags.ts";
import { durationOf, integerOf, timeOf } from "./flag_values.ts";
import { errorMessage, printMessage } from "./messages.ts";
import { printLogs } from "./logs_of_many.ts";
import { oncePodsExist, podTimeoutOf } from "./owner_pods.ts";
import { callFor, choosePod, podOf, podTarget, withPods } from "./pod.ts";

/** `podwire logs`; copies the bytes of the log to stdout. */
export async function logs(commandLine: CommandLine): Promise<number> {
  const [argument, containerArgument, ...others] = commandLine.positionals;
  // An empty one counts as absent, as in kubectl.
  const selector = commandLine.value("selector") || undefined;
  if (selector !== undefined && argument !== undefined) {
    throw new UsageError(
      "only a selector (-l) or the name of a pod is allowed",
      "logs",
    );
  }
  if (selector?.trim() === "") {
    throw new UsageError("the selector (-l) must not be blank", "logs");
  }
  const target = selector === undefined ? podTarget(argument, "logs") : null;
  if (commandLine.afterDashes !== null || others.length > 0) {
    throw new UsageError(
      "expected the name of a pod and, optionally, of a container",
      "logs",
    );
  }
  const options = logOptions(commandLine);
  if (
    containerArgument !== undefined &&
    commandLine.value("container") !== undefined
  ) {
    throw new UsageError(
      "only one of -c or a CONTAINER argument is allowed",
      "logs",
    );
  }
  const given = containerArgument || commandLine.value("container") ||
    undefined;
  if (given !== undefined && commandLine.has("all-containers")) {
    throw new UsageError(
      "--all-containers=true should not be specified with container name " +
        given,
      "logs",
    );
  }
  return await withPods(commandLine, async (pods) => {
    if (target === null) {
      const all = { labelSelector: selector! };
      return await printLogs(pods, all, commandLine, options, given);
    }
    if (commandLine.has("all-pods")) {
      return await oncePodsExist(
        callFor(pods, target, "logs"),
        podTimeoutOf(commandLine, "logs"),
        () => printLogs(pods, target.given, commandLine, options, given),
      );
    }
    if (commandLine.has("all-containers") || commandLine.has("prefix")) {
      const name = target.kind === "pod"
        ? target.name
        : (await podOf(pods, target, commandLine, "logs")).metadata.name;
      return await printLogs(pods, name, commandLine, options, given);
    }
    const { name, container } = await choosePod(
      pods,
      target,
      commandLine,
      "logs",
      given,
    );
    const output = openOutput("stdout");
    try {
      const log = await pods.logs.stream(name, { ...options, container });
      for await (const bytes of log) await output.write(bytes);
    } catch (error) {
      if (!commandLine.has("ignore-errors") || !isOfLog(error)) throw error;
      await printMessage(errorMessage(error));
    } finally {
      output.close();
    }
    return 0;
  });
}

/**
 * Whether an error is about reading the log, rather than about the pod, the
 * container or the credentials: kubectl looks at these first.
 */
function isOfLog(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  return error instanceof ApiError && ![401, 404].includes(error.httpStatus) &&
    !error.message.includes("is not valid for pod");
}

function logOptions(commandLine: CommandLine): LogOptions {
  // 0 means no limit, as in kubectl.
  const since = durationOf(commandLine, "since");
  const sinceTime = timeOf(commandLine, "since-time");
  if (since && sinceTime) {
    throw new UsageError(
      "only one of --since-time / --since may be used",
      "logs",
    );
  }
  return {
    follow: commandLine.has("follow"),
    previous: commandLine.has("previous"),
    timestamps: commandLine.has("timestamps"),
    tailLines: limitOf(commandLine, "tail", -1),
    limitBytes: limitOf(commandLine, "limit-bytes", 0),
    sinceSeconds: since ? Math.ceil(since / 1_000) : undefined,
    sinceTime,
  };
}

/** A number from `all` on, which means no limit. */
function limitOf(
  commandLine: CommandLine,
  flag: FlagName,
  all: number,
): number | undefined {
  const limit = integerOf(commandLine, flag, all);
  return limit === all ? undefined : limit;
}
