import { allLogs } from "../api/logs/all_logs.ts";
import type { AllLogsOptions } from "../api/logs/all_logs_options.ts";
import type { LogsNeeds } from "../api/logs/logs_of_target.ts";
import {
  type DefaultContainer,
  defaultContainer,
} from "../api/targets/default_container.ts";
import { encodeLatin1 } from "../bytes.ts";
import { TargetNotFoundError } from "../errors.ts";
import { openOutput } from "../platform/terminal/output.ts";
import type { LogOptions } from "../request/log_options.ts";
import { BYTE_LINES } from "../streams/read_lines.ts";
import type { Target } from "../target.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { integerOf } from "./flag_values.ts";
import { errorMessage, printMessage } from "./messages.ts";
import { contextOf, type PodApi } from "./pod.ts";

/**
 * Prints the logs of several containers, line by line, with the bytes that the
 * server sent.
 *
 * @param container The container of each pod; defaults to the one that kubectl
 * takes, or all with `--all-containers`.
 * @throws {UsageError} Flags exclude each other.
 */
export async function printLogs(
  pods: PodApi,
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
  const context = contextOf(pods);
  const prefixed = commandLine.has("prefix") || commandLine.has("all-pods");
  let messages: Promise<void> = Promise.resolve();
  const say = (message: string) => {
    messages = messages.then(() => printMessage(message));
  };
  const onError = (error: Error) => say(errorMessage(error));
  const nothing =
    `No resources found in ${context.client.namespace} namespace.`;
  const lines = allLogs(context, target, {
    ...options,
    containers: commandLine.has("all-containers")
      ? undefined
      : container ?? defaultOnly(say),
    onError: commandLine.has("ignore-errors") ? onError : undefined,
  }, {
    format: BYTE_LINES,
    onLog: atMost(integerOf(commandLine, "max-log-requests", 1)),
    onPods: ({ length }) => {
      if (length === 0) say(nothing);
    },
  });
  const output = openOutput("stdout");
  try {
    for await (const { pod, container, line, time } of lines) {
      const prefix = prefixed ? `[pod/${pod}/${container}] ` : "";
      const stamp = timestamps && time !== null ? `${time} ` : "";
      await output.write(encodeLatin1(`${prefix}${stamp}${line}`));
    }
  } catch (error) {
    const isSelector = typeof target !== "string";
    if (!isSelector || !(error instanceof TargetNotFoundError)) throw error;
    say(nothing);
  } finally {
    await messages;
    output.close();
  }
  return 0;
}

type ContainerTest = Extract<
  AllLogsOptions["containers"],
  (...args: never) => unknown
>;

/** Takes one container of each pod, as kubectl does. */
function defaultOnly(say: (message: string) => void): ContainerTest {
  /** By the uid of the pod. */
  const chosen = new Map<string, DefaultContainer>();
  return (name, pod) => {
    const { uid } = pod.metadata;
    let choice = chosen.get(uid);
    if (choice === undefined) {
      choice = defaultContainer(pod);
      chosen.set(uid, choice);
      if (choice.message !== null) say(choice.message);
    }
    return name === choice.container;
  };
}

/** Counts the logs that are followed at once; unlike kubectl's, without limit. */
function atMost(limit = Infinity): LogsNeeds["onLog"] {
  let count = 0;
  return () => {
    if (++count > limit) {
      throw new CommandError(
        `there are more than ${limit} logs to follow at once, the limit of --max-log-requests`,
      );
    }
    return () => count--;
  };
}
