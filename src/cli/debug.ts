import type { DebugProfile } from "../api/launch/debug_profiles.ts";
import { randomSuffix } from "../api/launch/container_options.ts";
import {
  type DebugOptions,
  debugRequest,
} from "../api/launch/debug_options.ts";
import { findContainer } from "../api/targets/default_container.ts";
import { optional } from "./cluster_flags.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { type Launch, launchOf, pairsOf, runLaunched } from "./launch.ts";
import { printMessage } from "./messages.ts";
import {
  checkName,
  LABEL,
  type PodApi,
  podOf,
  podTarget,
  readPod,
  withPods,
} from "./pod.ts";
import { channelOptions } from "./session.ts";

const COMMAND = "debug";

/** `podwire debug`; resolves with the container's exit code. */
export async function debug(commandLine: CommandLine): Promise<number> {
  const { positionals } = commandLine;
  const target = podTarget(positionals[0], COMMAND);
  if (positionals.length > 1) {
    throw new UsageError(
      'expected one pod; the command must follow "--", as in debug ' +
        `${positionals[0]} --image busybox -- ls`,
      COMMAND,
    );
  }
  const launch = launchOf(commandLine, COMMAND);
  const options = debugOptions(commandLine, launch);
  debugRequest(`debug ${target.text}`, options);
  return await withPods(commandLine, async (pods) => {
    const pod = target.kind === "pod"
      ? target.name
      : (await podOf(pods, target, commandLine, COMMAND)).metadata.name;
    await checkNew(pods, pod, commandLine);
    await announce(commandLine, options);
    if (!launch.attaches) return await start(pods, pod, commandLine, options);
    const channels = await channelOptions(commandLine);
    const session = await pods.debug(pod, { ...options, ...channels });
    return await runLaunched(session, commandLine);
  });
}

/**
 * The options of `pods.debug`, aside from the channels.
 *
 * @throws {UsageError | CommandError} A flag is invalid.
 */
export function debugOptions(
  commandLine: CommandLine,
  { image, imagePullPolicy, timeout }: Launch,
): DebugOptions & { readonly name: string } {
  const name = optional(commandLine, "container");
  if (name !== undefined) checkName("container", name, LABEL);
  const container = optional(commandLine, "target");
  if (container !== undefined) checkName("container", container, LABEL);
  const profile = optional(commandLine, "profile") as DebugProfile | undefined;
  const env = pairsOf(commandLine, "env", true);
  const words = commandLine.afterDashes ?? [];
  const part = commandLine.has("arguments-only") ? "args" : "command";
  return {
    name: name ?? `debugger-${randomSuffix(5)}`,
    image,
    ...(words.length > 0 ? { [part]: words } : {}),
    ...(container === undefined ? {} : { container }),
    ...(profile === undefined ? {} : { profile }),
    ...(imagePullPolicy === undefined ? {} : { spec: { imagePullPolicy } }),
    ...env === undefined ? {} : { env },
    timeout,
  };
}

/**
 * A container that is added twice would be none: the server takes it for a
 * change of the first one, and does nothing if it is the same.
 *
 * @throws {CommandError} The pod has a container of the name given.
 */
async function checkNew(
  pods: PodApi,
  name: string,
  commandLine: CommandLine,
): Promise<void> {
  const container = optional(commandLine, "container");
  const pod = container === undefined ? null : await readPod(pods, name);
  if (pod === null || !findContainer(pod, container!)) return;
  throw new CommandError(`pod ${name} has a container ${container} already`);
}

async function announce(
  commandLine: CommandLine,
  { name, container }: DebugOptions,
): Promise<void> {
  if (commandLine.has("quiet")) return;
  if (container !== undefined) {
    await printMessage(
      `Targeting container "${container}". If you don't see processes from ` +
        "this container it may be because the container runtime doesn't " +
        "support this feature.",
    );
  }
  if (optional(commandLine, "container") === undefined) {
    await printMessage(`Defaulting debug container name to ${name}.`);
  }
}

/** Adds the container without waiting for it. */
async function start(
  pods: PodApi,
  pod: string,
  commandLine: CommandLine,
  options: DebugOptions,
): Promise<number> {
  const stdin = commandLine.has("stdin");
  const tty = commandLine.has("tty");
  const request = debugRequest(`debug ${pod}`, { ...options, stdin, tty });
  // Whoever attaches may come again.
  const container: object = { ...request.container, stdinOnce: false };
  await pods.patch(pod, { spec: { ephemeralContainers: [container] } }, {
    subresource: "ephemeralcontainers",
    type: "strategic",
  });
  return 0;
}
