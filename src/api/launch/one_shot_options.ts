import type { Container, PodSpec } from "../../client/kubernetes/core_v1.ts";
import type { KubeObject } from "../../client/kube_object.ts";
import { checkOptions, type OptionNames } from "../../options.ts";
import {
  type ExecRunOptions,
  maxBufferOf,
} from "../../request/exec_options.ts";
import { stripEscapes } from "../../redact.ts";
import type { CallContext } from "../call.ts";
import {
  checkJson,
  checkName,
  checkObject,
  checkTexts,
  joinedEnv,
  LAUNCH_OPTIONS,
  LAUNCH_STREAM_OPTIONS,
  type LaunchedChannels,
  launchedChannels,
  launchedContainer,
  type LaunchOptions,
  type LaunchStreamOptions,
  randomSuffix,
} from "./container_options.ts";
import type { LaunchedSession } from "./launched_session.ts";
import type { OneShotResult } from "./one_shot_result.ts";

/** The pod of `runOnce` and `streamOnce`. */
export interface OneShotPodOptions {
  /** The pod's name; defaults to `run-` and 10 random characters. */
  readonly name?: string;
  /**
   * The name of the container.
   *
   * @default {"main"}
   */
  readonly container?: string;
  /** Labels of the pod, besides those by which it is found. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
  /** Annotations of the pod. */
  readonly annotations?: Readonly<Record<string, string | undefined>>;
  /**
   * Further fields of the pod's spec, for example `volumes`, `nodeSelector` or
   * `serviceAccountName`. A container of the same name has further fields of ours,
   * for example `volumeMounts` or `resources`; others run beside it.
   */
  readonly spec?: Partial<PodSpec>;
}

/** Options of `pods.runOnce`. */
export interface RunOnceOptions extends LaunchOptions, OneShotPodOptions {
  /**
   * The input of the command: null opens no stdin; anything else is written once
   * the container is attached, then stdin is closed.
   *
   * @default {null}
   */
  readonly stdin?: ExecRunOptions["stdin"];
  /**
   * The most bytes to collect per stream; null for no limit.
   *
   * @default {67_108_864}
   */
  readonly maxBuffer?: number | null;
  /**
   * Milliseconds for the whole call, besides the deletion of the pod; null for no
   * limit; defaults to the client's `timeout`.
   */
  readonly timeout?: number | null;
}

/** Options of `pods.streamOnce`. */
export interface StreamOnceOptions
  extends LaunchStreamOptions, OneShotPodOptions {}

/** Runs a command in a pod of its own. */
export interface RunOnceMethod {
  /**
   * Creates a pod for one command, waits for its end, collects its output and
   * deletes the pod, whatever happens: an error, an abort, a timeout or
   * `client.close()`. Should this process die, `spec.activeDeadlineSeconds` ends
   * the command: it is a minute more than `timeout`, or a day. What is left is
   * found by the label `app.kubernetes.io/managed-by=podwire`.
   *
   * No output is lost, however soon the command ends: it comes from the log. A
   * log does not tell stdout from stderr, so these are apart only if an attach
   * has received all of it, which takes a command that waits, for its stdin for
   * example. Otherwise `result.interleaved` is true: `stdout` has both.
   *
   * An exit code other than 0 is not an error; it is the container's own, and
   * `result.reason` has the cluster's word, for example `OOMKilled`.
   *
   * Requires the rights to create, get, watch and delete pods, to get their logs,
   * and, with stdin, to attach.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const result = await pods.runOnce({
   *   image: "busybox",
   *   command: ["sh", "-c", "echo hello; exit 3"],
   *   timeout: 60_000,
   * });
   * console.log(result.pod, result.exitCode, result.text());
   * await client.close();
   * ```
   *
   * @throws {TypeError | RangeError} If an option is invalid; nothing is sent.
   * @throws {ApiError} If the server refuses the pod: a quota, an admission.
   * @throws {WaitFailedError} If the container can never start: its image cannot
   * be pulled, for example, which `reason` and the message tell in the cluster's
   * words; or if the pod is deleted by someone else.
   * @throws {CallTimeoutError} If `timeout` runs out.
   * @throws {BufferOverflowError} If the output exceeds `maxBuffer`.
   * @throws {HalfCloseUnsupportedError} If there is a stdin and the server
   * speaks v4 only, so that stdin cannot be closed.
   * @throws {StdinError} If the source of stdin fails.
   */
  (options: RunOnceOptions): Promise<OneShotResult>;
}

/** Starts a command in a pod of its own. */
export interface StreamOnceMethod {
  /**
   * Creates a pod for one command, and attaches to it; the session has the output
   * from the start of the command, and its exit code. The pod is deleted when the
   * command has ended, or when the session is closed or aborted: `close()` waits
   * for that. Should this process die, see `runOnce`; the limit is a day.
   *
   * What was written before it was attached comes from the log, so it is all in
   * `stdout`.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const session = await pods.streamOnce({
   *   image: "busybox",
   *   command: ["sh"],
   *   stdin: true,
   * });
   * await session.write("echo hello; exit 3\n");
   * for await (const line of session.lines()) console.log(line);
   * console.log(session.pod, await session.exitCode);
   * await session.close();
   * await client.close();
   * ```
   *
   * @throws As {@linkcode RunOnceMethod} does until the container is attached.
   */
  (options: StreamOnceOptions): Promise<LaunchedSession>;
}

const POD_OPTIONS: OptionNames<OneShotPodOptions> = {
  name: true,
  container: true,
  labels: true,
  annotations: true,
  spec: true,
};

const RUN_ONCE_OPTIONS: OptionNames<RunOnceOptions> = {
  ...LAUNCH_OPTIONS,
  ...POD_OPTIONS,
  stdin: true,
  maxBuffer: true,
  timeout: true,
};

const STREAM_ONCE_OPTIONS: OptionNames<StreamOnceOptions> = {
  ...LAUNCH_STREAM_OPTIONS,
  ...POD_OPTIONS,
};

/** The label by which every pod of ours is found. */
const MANAGED_BY = "app.kubernetes.io/managed-by";

/** The label that tells one call's pod from another's of the same name. */
export const RUN_LABEL = "podwire.dev/run";

/** How long a pod may run if we die, in seconds, without a timeout. */
const DAY = 86_400;

/** Seconds that are added to a timeout: the pod has to be scheduled first. */
const MARGIN = 60;

/** A call without options: that the image is missing is told. */
const NO_OPTIONS = {} as RunOnceOptions & StreamOnceOptions;

/** A pod to create, checked. */
export interface OneShotRequest {
  /** For messages: `run a pod of busybox in namespace "team"`. */
  readonly action: string;
  readonly body: KubeObject & { readonly spec: PodSpec };
  readonly name: string;
  readonly container: string;
  readonly namespace: string | undefined;
  /** The value of {@linkcode RUN_LABEL}. */
  readonly run: string;
}

/** A checked call of `runOnce`. */
export interface RunOnceRequest extends OneShotRequest {
  /** Bytes per stream; Infinity for no limit. */
  readonly maxBuffer: number;
}

/** A checked call of `streamOnce`. */
export interface StreamOnceRequest extends OneShotRequest {
  readonly channels: LaunchedChannels;
}

/**
 * Checks the options of `runOnce`, except its stdin.
 *
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function runOnceRequest(
  context: CallContext,
  options: RunOnceOptions = NO_OPTIONS,
): RunOnceRequest {
  const action = actionOf(context, options);
  if ((options as StreamOnceOptions | undefined)?.tty) {
    throw new TypeError(
      `Cannot ${action}: runOnce never uses a tty; use streamOnce`,
    );
  }
  checkOptions(options, RUN_ONCE_OPTIONS, action);
  const { stdin = null, timeout } = options;
  const maxBuffer = maxBufferOf(action, options.maxBuffer);
  const limit = timeout === undefined ? context.client.timeout : timeout;
  const seconds = limit === null ? DAY : Math.ceil(limit / 1000) + MARGIN;
  const channels = { stdin: stdin !== null, tty: false };
  return { ...podRequest(action, options, channels, seconds), maxBuffer };
}

/**
 * Checks the options of `streamOnce`.
 *
 * @param keeps Whether the pod is to stay: it has no deadline then, and not the
 * label of those that are left over.
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function streamOnceRequest(
  context: CallContext,
  options: StreamOnceOptions = NO_OPTIONS,
  keeps = false,
): StreamOnceRequest {
  const action = actionOf(context, options);
  checkOptions(options, STREAM_ONCE_OPTIONS, action);
  const channels = launchedChannels(action, options);
  const limit = keeps ? null : DAY;
  return { ...podRequest(action, options, channels, limit), channels };
}

function actionOf(
  { client, namespace }: CallContext,
  options: LaunchOptions | undefined,
): string {
  const image = options?.image;
  const of = typeof image === "string" && image !== ""
    ? ` of ${stripEscapes(image)}`
    : "";
  const place = options?.namespace ?? namespace ?? client.namespace;
  return `run a pod${of}${place ? ` in namespace "${place}"` : ""}`;
}

function podRequest(
  action: string,
  options: LaunchOptions & OneShotPodOptions,
  { stdin, tty }: Pick<LaunchedChannels, "stdin" | "tty">,
  activeDeadlineSeconds: number | null,
): OneShotRequest {
  const launched = launchedContainer(action, options);
  const { name = `run-${randomSuffix(10)}`, container = "main" } = options;
  checkName(action, name, "name");
  checkName(action, container, "container");
  const labels = checkTexts(action, options.labels, "labels");
  const annotations = checkTexts(action, options.annotations, "annotations");
  const { containers = [], ...spec } = specOf(action, options.spec);
  const given = containers.find((it) => it?.name === container);
  const env = joinedEnv(action, given?.env, launched.env);
  const main: Container = {
    ...given,
    ...Object.fromEntries(
      Object.entries(launched).filter(([, value]) => value !== undefined),
    ),
    name: container,
    ...(env === undefined ? {} : { env }),
    ...(stdin ? { stdin, stdinOnce: true } : {}),
    ...(tty ? { tty } : {}),
  };
  const run = crypto.randomUUID();
  const metadata = {
    name,
    labels: {
      ...labels,
      ...(activeDeadlineSeconds === null ? {} : { [MANAGED_BY]: "podwire" }),
      [RUN_LABEL]: run,
    },
    annotations,
  };
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: {
      ...(activeDeadlineSeconds === null ? {} : { activeDeadlineSeconds }),
      ...spec,
      restartPolicy: "Never",
      containers: [main, ...containers.filter((it) => it !== given)],
    },
  };
  const { namespace } = options;
  return { action, body, name, container, namespace, run };
}

function specOf(action: string, spec: unknown = {}): Partial<PodSpec> {
  checkObject(action, spec, "spec");
  checkJson(action, spec, "spec");
  const { containers = [], restartPolicy = "Never" } = spec as PodSpec;
  if (!Array.isArray(containers)) {
    throw new TypeError(`Cannot ${action}: spec.containers must be an array`);
  }
  if (restartPolicy !== "Never") {
    throw new TypeError(
      `Cannot ${action}: spec.restartPolicy is ${
        JSON.stringify(restartPolicy)
      }, but a command runs once`,
    );
  }
  return spec as Partial<PodSpec>;
}
