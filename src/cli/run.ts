import { CallSite } from "../call_site.ts";
import { contextOf } from "../api/api_options.ts";
import { randomSuffix } from "../api/launch/container_options.ts";
import {
  type StreamOnceOptions,
  streamOnceRequest,
} from "../api/launch/one_shot_options.ts";
import { streamFromPod } from "../api/launch/stream_once.ts";
import type { Container, PodSpec } from "../client/kubernetes/core_v1.ts";
import { isRecord } from "../json.ts";
import { optional } from "./cluster_flags.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import { untilInterrupted } from "./interrupted.ts";
import { type Launch, launchOf, pairsOf, runLaunched } from "./launch.ts";
import { errorText, print, printMessage } from "./messages.ts";
import { checkName, LABEL, type PodApi, SUBDOMAIN, withPods } from "./pod.ts";
import { channelOptions } from "./session.ts";

const COMMAND = "run";

/** `podwire run`; resolves with the container's exit code. */
export async function run(commandLine: CommandLine): Promise<number> {
  const launch = launchOf(commandLine, COMMAND);
  const removes = commandLine.has("rm");
  if (removes && !launch.attaches) {
    throw new UsageError(
      "--rm should only be used for attached containers",
      COMMAND,
    );
  }
  const options = runOptions(commandLine, launch);
  return await withPods(commandLine, async (pods) => {
    if (!launch.attaches) return await create(pods, commandLine, options);
    const channels = await channelOptions(commandLine);
    return await untilInterrupted(
      (signal) =>
        attached(pods, commandLine, { ...options, ...channels, signal }),
      removes ? ["SIGINT", "SIGTERM", "SIGHUP"] : [],
    );
  });
}

async function attached(
  pods: PodApi,
  commandLine: CommandLine,
  options: StreamOnceOptions,
): Promise<number> {
  const removes = commandLine.has("rm");
  const context = contextOf(pods, COMMAND);
  const site = new CallSite(run);
  const session = await streamFromPod(context, options, site, !removes);
  const exitCode = await runLaunched(session, commandLine);
  const leftover = await session.leftover();
  if (leftover !== null) {
    await printMessage(
      `error: pod "${session.pod}" is not deleted: ${errorText(leftover)}`,
    );
    return exitCode || 1;
  }
  if (removes && !commandLine.has("quiet")) {
    await printMessage(`pod "${session.pod}" deleted`);
  }
  return exitCode;
}

/** Creates the pod without waiting for it. */
async function create(
  pods: PodApi,
  commandLine: CommandLine,
  options: StreamOnceOptions,
): Promise<number> {
  const stdin = commandLine.has("stdin");
  const tty = commandLine.has("tty");
  const context = contextOf(pods, COMMAND);
  const request = streamOnceRequest(context, { ...options, stdin, tty }, true);
  const { metadata } = await pods.create(request.body);
  await print("stdout", `pod/${metadata.name} created\n`);
  return 0;
}

/**
 * The options of `pods.streamOnce`, aside from the channels.
 *
 * @throws {UsageError | CommandError} A flag or an argument is invalid.
 */
export function runOptions(
  commandLine: CommandLine,
  { image, imagePullPolicy, timeout }: Launch,
): StreamOnceOptions {
  checkRestart(commandLine.value("restart"));
  const [given, ...before] = commandLine.positionals;
  const name = given || `run-${randomSuffix(10)}`;
  checkName("pod", name, SUBDOMAIN);
  // As kubectl, but a name with dots is none for a container.
  const container = LABEL.test(name) ? name : "main";
  const words = [...before, ...commandLine.afterDashes ?? []];
  const part = commandLine.has("command") ? "command" : "args";
  const more = overridesOf(optional(commandLine, "overrides"));
  const labels = labelsOf(optional(commandLine, "labels"));
  const env = pairsOf(commandLine, "env", false);
  const annotations = {
    ...pairsOf(commandLine, "annotations", true),
    ...more.annotations,
  };
  return {
    name,
    container,
    image,
    ...(words.length > 0 ? { [part]: words } : {}),
    ...env === undefined ? {} : { env },
    labels: { ...labels ?? { run: name }, ...more.labels },
    ...Object.keys(annotations).length > 0 ? { annotations } : {},
    spec: withFields(more.spec, container, {
      ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
      ...(commandLine.has("privileged")
        ? { securityContext: { privileged: true } }
        : {}),
    }),
    timeout,
  };
}

function checkRestart(policy = "Never"): void {
  if (policy === "Never") return;
  const isKnown = policy === "Always" || policy === "OnFailure";
  throw new UsageError(
    isKnown
      ? `--restart=${policy} is not supported: the pod runs once (Never)`
      : `invalid restart policy: ${policy}`,
    COMMAND,
  );
}

/** Adds fields to a container of the spec, which may not have it. */
function withFields(
  { containers = [], ...spec }: Partial<PodSpec>,
  name: string,
  fields: Partial<Container>,
): Partial<PodSpec> {
  if (!Array.isArray(containers)) {
    throw noOverrides("spec.containers is no array");
  }
  const isIt = (container: Container) => container?.name === name;
  const own = { name, ...containers.find(isIt), ...fields } as Container;
  const others = containers.filter((container) => !isIt(container));
  return { ...spec, containers: [own, ...others] };
}

/** `a=1,b=2`, as kubectl reads it. */
function labelsOf(text: string | undefined): Record<string, string> | null {
  if (text === undefined) return null;
  return Object.fromEntries(
    text.split(",").map((label) => {
      const [name = "", value, ...rest] = label.split("=");
      if (name !== "" && value !== undefined && rest.length === 0) {
        return [name, value];
      }
      throw new UsageError(`unexpected label spec: ${label}`, COMMAND);
    }),
  );
}

/** What `--overrides` may say about the pod. */
interface Overrides {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly spec: Partial<PodSpec>;
}

/** @throws {UsageError} It is no part of a pod, or has other fields. */
function overridesOf(text: string | undefined): Overrides {
  let given: unknown;
  try {
    given = JSON.parse(text ?? "{}");
  } catch {
    throw noOverrides("it is no JSON");
  }
  const { kind: _, apiVersion: __, ...pod } = objectIn(given, "the pod");
  const { metadata, spec, ...others } = pod;
  const { labels, annotations, ...rest } = objectIn(metadata, "metadata");
  const [unknown] = [
    ...Object.keys(others),
    ...Object.keys(rest).map((name) => `metadata.${name}`),
  ];
  if (unknown !== undefined) throw noOverrides(`${unknown} cannot be set`);
  return {
    labels: objectIn(labels, "metadata.labels") as Record<string, string>,
    annotations: objectIn(annotations, "metadata.annotations") as Record<
      string,
      string
    >,
    spec: objectIn(spec, "spec"),
  };
}

function objectIn(given: unknown, what: string): Record<string, unknown> {
  const value = given ?? {};
  if (isRecord(value)) return value;
  throw noOverrides(`${what} is no object`);
}

function noOverrides(why: string): UsageError {
  return new UsageError(`invalid argument for --overrides: ${why}`, COMMAND);
}
