import { contextOf } from "../api/api_options.ts";
import { allLogs } from "../api/logs/all_logs.ts";
import type { AllLogsOptions } from "../api/logs/all_logs_options.ts";
import { defaultContainer } from "../api/targets/default_container.ts";
import { encodeLatin1 } from "../bytes.ts";
import type { Stored } from "../client/kube_object.ts";
import type { Pod } from "../client/kubernetes/core_v1.ts";
import { LogNotAvailableError, TargetNotFoundError } from "../errors.ts";
import { openOutput } from "../platform/terminal/output.ts";
import type { LogOptions } from "../request/log_options.ts";
import { BYTE_LINES } from "../streams/read_lines.ts";
import type { Target } from "../target.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { integerOf } from "./flag_values.ts";
import { errorMessage, printMessage } from "./messages.ts";
import type { PodApi } from "./pod.ts";

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
  const context = contextOf(pods, "get logs");
  const prefixed = commandLine.has("prefix") || commandLine.has("all-pods");
  let messages: Promise<void> = Promise.resolve();
  const say = (message: string) => {
    messages = messages.then(() => printMessage(message));
  };
  /** The names of the pods that there were at first, if these are followed. */
  let first: ReadonlySet<string> | null = null;
  const nothing =
    `No resources found in ${context.client.namespace} namespace.`;
  const takesDefault = container === undefined &&
    !commandLine.has("all-containers");
  const sayDefault = (pod: Stored<Pod>) => {
    const { message } = defaultContainer(pod);
    if (takesDefault && message !== null) say(message);
  };
  const count = atMost(integerOf(commandLine, "max-log-requests", 1));
  const lines = allLogs(context, target, {
    ...options,
    containers: takesDefault
      ? defaultOnly(options.follow ? () => {} : sayDefault)
      : container,
    onError: commandLine.has("ignore-errors")
      ? (error, { pod }) => {
        // kubectl, too, finds that before it reads a log.
        if (isMissing(error) && (first?.has(pod) ?? true)) throw error;
        say(errorMessage(error));
      }
      : undefined,
    onRetry(error) {
      // Any other needs no attention: the log goes on.
      if (error instanceof LogNotAvailableError) say(errorMessage(error));
    },
  }, {
    format: BYTE_LINES,
    onLog(pod) {
      sayDefault(pod);
      return count();
    },
    onPods(pods) {
      first = new Set(pods.map(({ metadata }) => metadata.name));
      if (pods.length === 0) say(nothing);
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

/** Takes one container of each pod, as kubectl does, and tells of each pod. */
function defaultOnly(onPod: (pod: Stored<Pod>) => void): ContainerTest {
  return (name, pod) => {
    const isChosen = name === defaultContainer(pod).container;
    if (isChosen) onPod(pod);
    return isChosen;
  };
}

/** Whether a pod does not have the container. */
function isMissing(error: unknown): boolean {
  return error instanceof LogNotAvailableError &&
    error.reason === "ContainerNotFound";
}

/** Counts the logs that are followed at once; unlike kubectl's, without limit. */
function atMost(limit = Infinity): () => () => void {
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
