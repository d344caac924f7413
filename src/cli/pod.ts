// The pod and the container that a command line names.
import { Api } from "../api/api.ts";
import { createClient } from "../client/create_client.ts";
import { defaultContainer } from "../api/targets/default_container.ts";
import type { Pod as PodObject } from "../client/kubernetes/core_v1.ts";
import { Pod } from "../client/resources.ts";
import { ApiError } from "../errors.ts";
import { defaultUserAgent } from "../platform/user_agent.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import type { CommandName, FlagName } from "./flags.ts";
import { printMessage } from "./messages.ts";

type PodApi = Api<typeof Pod>;

const POD_TYPES = ["pod", "pods", "po"];

/** Calls `body` with the pods of the cluster that the command line names. */
export async function withPods(
  commandLine: CommandLine,
  body: (pods: PodApi) => Promise<number>,
): Promise<number> {
  const namespace = optional(commandLine, "namespace");
  if (namespace !== undefined) checkName("namespace", namespace, LABEL);
  const client = await createClient({
    kubeconfig: optional(commandLine, "kubeconfig"),
    context: optional(commandLine, "context"),
    namespace,
    userAgent: defaultUserAgent("podwire-cli") ?? undefined,
  });
  try {
    return await body(new Api(Pod, { client }));
  } finally {
    await client.close();
  }
}

/** The value of a flag; as in kubectl, an empty one counts as absent. */
function optional(
  commandLine: CommandLine,
  flag: FlagName,
): string | undefined {
  return commandLine.value(flag) || undefined;
}

/** A DNS label (RFC 1123), as names of namespaces and containers. */
const LABEL = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** A DNS subdomain, as names of pods. */
const SUBDOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** @throws {CommandError} No object can have that name. */
function checkName(what: string, name: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  const dots = pattern === SUBDOMAIN ? " or '.'" : "";
  throw new CommandError(
    `invalid ${what} name "${name}": it must consist of lower case letters, ` +
      `digits, '-'${dots}, and start and end with a letter or digit`,
  );
}

/**
 * The name in `NAME` or `pod/NAME`.
 *
 * @throws {UsageError} It is missing, or names another kind.
 * @throws {CommandError} No pod can have that name.
 */
export function podName(
  argument: string | undefined,
  command: CommandName,
): string {
  if (argument === undefined || argument === "") {
    throw new UsageError("the name of a pod must be specified", command);
  }
  const [type = "", name, ...others] = argument.split("/");
  const isPod = name === undefined ||
    POD_TYPES.includes(type.toLowerCase()) && name && others.length === 0;
  if (isPod) {
    checkName("pod", name ?? argument, SUBDOMAIN);
    return name ?? argument;
  }
  throw new UsageError(
    `"${argument}" is not a pod; expected NAME or pod/NAME`,
    command,
  );
}

/** The container for a command, and its pod if that was read. */
export interface ChosenContainer {
  /** Undefined leaves the choice to the server. */
  readonly container: string | undefined;
  readonly pod: PodObject | null;
}

/**
 * Chooses the given container, or the one that kubectl would take, which is
 * printed if the pod has several.
 *
 * @param given Defaults to `-c`.
 * @throws {CommandError} The pod is completed, or the name is invalid.
 */
export async function chooseContainer(
  pods: PodApi,
  name: string,
  commandLine: CommandLine,
  command: CommandName,
  given: string | undefined = optional(commandLine, "container"),
): Promise<ChosenContainer> {
  if (given !== undefined) checkName("container", given, LABEL);
  if (given !== undefined && command !== "attach") {
    return { container: given, pod: null };
  }
  const pod = await readPod(pods, name);
  if (pod === null) return { container: given, pod };
  const phase = pod.status?.phase;
  if (command !== "logs" && (phase === "Succeeded" || phase === "Failed")) {
    const action = command === "exec" ? "exec into" : "attach to";
    throw new CommandError(
      `cannot ${action} a container in a completed pod; ` +
        `current phase is ${phase}`,
    );
  }
  if (given !== undefined) return { container: given, pod };
  const { container, message } = defaultContainer(pod);
  if (message !== null && !commandLine.has("quiet")) {
    await printMessage(message);
  }
  return { container, pod };
}

/** Null if RBAC forbids `get`; exec may still be allowed. */
async function readPod(pods: PodApi, name: string): Promise<PodObject | null> {
  try {
    return await pods.get(name);
  } catch (error) {
    if (error instanceof ApiError && error.httpStatus === 403) return null;
    throw error;
  }
}
