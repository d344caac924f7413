// The pod and the container that a command line names.
import { Api } from "../api/api.ts";
import { contextOf } from "../api/api_options.ts";
import { resolveOne, type TargetCall } from "../api/targets/resolve.ts";
import type { Client } from "../client/client.ts";
import type { Stored } from "../client/kube_object.ts";
import { defaultContainer } from "../api/targets/default_container.ts";
import type { Pod as PodObject } from "../client/kubernetes/core_v1.ts";
import { hasEnded } from "../api/watch/predicates/pod_state.ts";
import {
  type ParsedTarget,
  parseTarget,
  type PodName,
  type PodOwner,
} from "../api/targets/target.ts";
import { Pod } from "../client/resources.ts";
import { ApiError, PodwireError } from "../errors.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { withClient } from "./client.ts";
import { optional } from "./cluster_flags.ts";
import type { PodCommand } from "./flags.ts";
import { printMessage } from "./messages.ts";
import { oncePodsExist, podTimeoutOf } from "./owner_pods.ts";

/** The pods of the cluster that the command line names. */
export type PodApi = Api<typeof Pod>;

/** Namespaces that a command line has beside `-n`. */
export interface Namespaces {
  /** Counts instead of that of `-n`. */
  readonly namespace?: string | undefined;
  /** Counts without `-n`; defaults to the context's. */
  readonly defaultNamespace?: string | undefined;
}

/** Calls `body` with the pods of the cluster that the command line names. */
export async function withPods(
  commandLine: CommandLine,
  body: (pods: PodApi) => Promise<number>,
  { namespace: own, defaultNamespace }: Namespaces = {},
): Promise<number> {
  const namespace = own ?? optional(commandLine, "namespace") ??
    defaultNamespace;
  if (namespace !== undefined) checkName("namespace", namespace, LABEL);
  return await withClient(
    commandLine,
    namespace,
    async (client) => {
      try {
        return await body(new Api(Pod, { client }));
      } catch (error) {
        throw await explained(error, client);
      }
    },
  );
}

/** The error, or one that also says what may have been meant. */
async function explained(error: unknown, client: Client): Promise<unknown> {
  if (!(error instanceof PodwireError)) return error;
  const { suggestionFor } = await import("./suggestions.ts");
  const suggestion = await suggestionFor(error, client);
  return suggestion === null
    ? error
    : new CommandError(`${error.message} (${suggestion})`, { cause: error });
}

/** A DNS label (RFC 1123), as names of namespaces and containers. */
export const LABEL = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** A DNS subdomain, as names of pods. */
export const SUBDOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** @throws {CommandError} No object can have that name. */
export function checkName(what: string, name: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  const dots = pattern === SUBDOMAIN ? " or '.'" : "";
  throw new CommandError(
    `invalid ${what} name "${name}": it must consist of lower case letters, ` +
      `digits, '-'${dots}, and start and end with a letter or digit`,
  );
}

/**
 * What `NAME`, `pod/NAME` or `TYPE/NAME` addresses.
 *
 * @throws {UsageError} It is missing, or of a type without pods.
 * @throws {CommandError} No object can have that name.
 */
export function podTarget(
  argument: string | undefined,
  command: PodCommand,
): PodName | PodOwner {
  if (argument === undefined || argument === "") {
    throw new UsageError("the name of a pod must be specified", command);
  }
  let target: ParsedTarget;
  try {
    target = parseTarget(argument, Pod, VERBS[command]);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message, command);
  }
  const { name } = target as PodName | PodOwner;
  const what = target.kind === "owner" ? target.resource.kind : "pod";
  checkName(what.toLowerCase(), name, SUBDOMAIN);
  return target as PodName | PodOwner;
}

/** What the commands do, for messages. */
const VERBS: Readonly<Record<PodCommand, string>> = {
  exec: "exec in",
  attach: "attach to",
  logs: "get log of",
  cp: "copy files of",
  "port-forward": "forward a port of",
  debug: "debug",
  run: "run",
};

/** The pod and the container for a command, and the pod if that was read. */
export interface ChosenPod {
  readonly name: string;
  /** Undefined leaves the choice to the server. */
  readonly container: string | undefined;
  readonly pod: PodObject | null;
}

/**
 * Chooses the pod of the target, and the given container or the one that kubectl
 * would take; prints what kubectl prints about either.
 *
 * @param given Defaults to `-c`.
 * @throws {CommandError} The pod is completed, or the name is invalid.
 */
export async function choosePod(
  pods: PodApi,
  target: PodName | PodOwner,
  commandLine: CommandLine,
  command: PodCommand,
  given: string | undefined = optional(commandLine, "container"),
): Promise<ChosenPod> {
  if (given !== undefined) checkName("container", given, LABEL);
  podTimeoutOf(commandLine, command);
  if (target.kind === "owner") {
    const pod = await podOf(pods, target, commandLine, command);
    const { name } = pod.metadata;
    if (given !== undefined) return { name, container: given, pod };
    const container = await containerOf(pod, commandLine);
    return { name, container, pod };
  }
  const { name } = target;
  if (given !== undefined && command !== "attach") {
    return { name, container: given, pod: null };
  }
  const pod = await readPod(pods, name);
  if (pod === null) return { name, container: given, pod };
  if (command !== "logs" && hasEnded(pod)) {
    const action = command === "attach" ? "attach to" : "exec into";
    throw new CommandError(
      `cannot ${action} a container in a completed pod; ` +
        `current phase is ${pod.status?.phase}`,
    );
  }
  if (given !== undefined) return { name, container: given, pod };
  return { name, container: await containerOf(pod, commandLine), pod };
}

/** The pod of a workload or a service; prints what kubectl prints about it. */
export async function podOf(
  pods: PodApi,
  target: PodOwner,
  commandLine: CommandLine,
  command: PodCommand,
): Promise<Stored<PodObject>> {
  const call = callFor(pods, target, command);
  const timeout = podTimeoutOf(commandLine, command);
  const purpose = command === "logs" ? "log" : "session";
  const { pod, count } = await oncePodsExist(
    call,
    timeout,
    () => resolveOne(call, purpose),
  );
  if (command === "logs" && count > 1 && !commandLine.has("quiet")) {
    await printMessage(`Found ${count} pods, using pod/${pod.metadata.name}`);
  }
  return pod;
}

/** The call that finds the pods of a target. */
export function callFor(
  pods: PodApi,
  target: ParsedTarget,
  command: PodCommand,
): TargetCall {
  const action = `${VERBS[command]} ${target.text}`;
  return {
    context: contextOf(pods, action),
    target,
    action,
    signal: new AbortController().signal,
  };
}

async function containerOf(
  pod: PodObject,
  commandLine: CommandLine,
): Promise<string | undefined> {
  const { container, message } = defaultContainer(pod);
  if (message !== null && !commandLine.has("quiet")) {
    await printMessage(message);
  }
  return container;
}

/** Null if RBAC forbids `get`; exec may still be allowed. */
export async function readPod(
  pods: PodApi,
  name: string,
): Promise<PodObject | null> {
  try {
    return await pods.get(name);
  } catch (error) {
    if (error instanceof ApiError && error.httpStatus === 403) return null;
    throw error;
  }
}
