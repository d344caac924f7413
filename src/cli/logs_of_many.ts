import type { Api } from "../api/api.ts";
import type { AllLogsOptions } from "../api/logs/all_logs_options.ts";
import { defaultContainer } from "../api/targets/default_container.ts";
import { encodeText } from "../bytes.ts";
import type { Pod } from "../client/resources.ts";
import { openOutput } from "../platform/terminal/output.ts";
import type { LogOptions } from "../request/log_options.ts";
import type { Target } from "../target.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { errorMessage, printMessage } from "./messages.ts";

/**
 * Prints the logs of several containers, line by line.
 *
 * @param container The container of each pod; defaults to the one that kubectl
 * takes, or all with `--all-containers`.
 * @throws {UsageError} Flags exclude each other.
 */
export async function printLogs(
  pods: Api<typeof Pod>,
  target: Target,
  commandLine: CommandLine,
  { limitBytes, timestamps, ...options }: LogOptions,
  container: string | undefined,
): Promise<number> {
  if (limitBytes !== undefined) {
    throw new UsageError(
      "--limit-bytes is for the log of one container",
      "logs",
    );
  }
  const prefixed = commandLine.has("prefix") || commandLine.has("all-pods");
  let messages: Promise<void> = Promise.resolve();
  const onError = (error: Error) => {
    messages = messages.then(() => printMessage(errorMessage(error)));
  };
  const output = openOutput("stdout");
  try {
    const lines = pods.logs.all(target, {
      ...options,
      containers: wantedContainers(commandLine, container),
      onError: commandLine.has("ignore-errors") ? onError : undefined,
    });
    for await (const { pod, container, line, time } of lines) {
      const prefix = prefixed ? `[pod/${pod}/${container}] ` : "";
      const stamp = timestamps && time !== null ? `${time} ` : "";
      await output.write(encodeText(`${prefix}${stamp}${line}\n`));
    }
    await messages;
    return 0;
  } finally {
    output.close();
  }
}

type ContainerTest = Extract<
  AllLogsOptions["containers"],
  (...args: never) => unknown
>;

/** Which containers to read, no more of them than `--max-log-requests`. */
function wantedContainers(
  commandLine: CommandLine,
  given: string | undefined,
): ContainerTest {
  const limit = parseLimit(commandLine);
  const all = commandLine.has("all-containers");
  const logs = new Set<string>();
  return (name, pod) => {
    if (!all && name !== (given ?? defaultContainer(pod).container)) {
      return false;
    }
    logs.add(`${pod.metadata.uid}/${name}`);
    if (!commandLine.has("follow") || logs.size <= limit) return true;
    throw new CommandError(
      `there are more than ${limit} logs to follow, the limit of --max-log-requests`,
    );
  };
}

/** Unlike kubectl's, it defaults to no limit. */
function parseLimit(commandLine: CommandLine): number {
  const text = commandLine.value("max-log-requests");
  if (text === undefined) return Infinity;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit > 0) return limit;
  throw new UsageError(
    `invalid argument "${text}" for --max-log-requests: ` +
      "expected an integer of at least 1",
    "logs",
  );
}
