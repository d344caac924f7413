import type { EphemeralContainer } from "../../client/kubernetes/core_v1.ts";
import { checkOptions, type OptionNames } from "../../options.ts";
import type { Target } from "../../target.ts";
import {
  checkFlag,
  checkJson,
  checkName,
  checkObject,
  joinedEnv,
  LAUNCH_STREAM_OPTIONS,
  type LaunchedChannels,
  launchedChannels,
  launchedContainer,
  type LaunchStreamOptions,
  randomSuffix,
} from "./container_options.ts";
import type { LaunchedSession } from "./launched_session.ts";
import { type DebugProfile, securityContextOf } from "./debug_profiles.ts";

/** Options of `pods.debug`. */
export interface DebugOptions extends LaunchStreamOptions {
  /**
   * The container whose processes the new one sees. Without it, or with a
   * runtime that does not support it, they are only its own, unless the pod
   * shares them among its containers.
   */
  readonly container?: string;
  /** The new container's name; defaults to `debugger-` and 5 random characters. */
  readonly name?: string;
  /**
   * What the container may do, as with `kubectl debug --profile`: `general` may
   * trace processes; `baseline` has no more rights than any container;
   * `restricted` runs without root, capabilities and privilege escalation;
   * `netadmin` may change the network; `sysadmin` is privileged.
   *
   * @default {"general"}
   */
  readonly profile?: DebugProfile;
  /**
   * Further fields of the container, for example `volumeMounts` or
   * `imagePullPolicy`. The fields of its `securityContext` count above those of
   * the profile, one by one: `{ runAsUser: 1000 }` leaves the others.
   */
  readonly spec?: Partial<
    Omit<EphemeralContainer, "name" | "image" | "command" | "args">
  >;
  /**
   * Attach to a debug container that still runs, of the same image, command,
   * profile and channels, instead of adding another. Its earlier output is not
   * repeated. One that is added with `reuse` keeps its stdin open when a session
   * ends.
   *
   * @default {false}
   */
  readonly reuse?: boolean;
}

/** Adds a debug container to a pod, and attaches to it. */
export interface DebugMethod {
  /**
   * Adds an ephemeral container to a running pod, for example because its image
   * has no shell, waits until it runs, and attaches to its process. The session
   * has the output from the start of the process, except a line that was begun
   * before it was attached, such as a prompt: no log has that.
   *
   * **An ephemeral container cannot be removed**: it stays in the pod's spec until
   * the pod is deleted, also after an abort. Its process ends by itself: a shell
   * when it exits, or, without a tty, when the session ends.
   *
   * Requires the rights to patch `pods/ephemeralcontainers`, to get and watch
   * pods, to attach, and to get their logs.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const session = await pods.debug("web-0", {
   *   image: "busybox",
   *   command: ["sh", "-c", "ps; exit 3"],
   * });
   * for await (const line of session.lines()) console.log(line);
   * console.log(session.container, await session.exitCode);
   * await client.close();
   * ```
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @throws {TypeError | RangeError} If an option is invalid; nothing is sent.
   * @throws {TargetNotFoundError} If no pod fits the target.
   * @throws {ApiError} If the server refuses the container.
   * @throws {WaitFailedError} If it can never start: its image cannot be pulled,
   * for example, which `reason` and the message tell in the cluster's words, or
   * the pod has a container of its `name` (`AlreadyExists`).
   * @throws {CallTimeoutError} If it is not attached within `timeout`.
   */
  (target: Target, options: DebugOptions): Promise<LaunchedSession>;
}

const DEBUG_OPTIONS: OptionNames<DebugOptions> = {
  ...LAUNCH_STREAM_OPTIONS,
  container: true,
  name: true,
  profile: true,
  spec: true,
  reuse: true,
};

/** Fields that the options set, or that an ephemeral container cannot have. */
const RESERVED = ["name", "image", "command", "args"] as const;

/** A checked call of `pods.debug`. */
export interface DebugRequest extends LaunchedChannels {
  readonly container: EphemeralContainer;
  readonly reuse: boolean;
}

/**
 * Checks the options, and makes the container of them.
 *
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function debugRequest(
  action: string,
  options: DebugOptions,
): DebugRequest {
  checkOptions(options, DEBUG_OPTIONS, action);
  const launched = launchedContainer(action, options);
  const channels = launchedChannels(action, options);
  const { container, profile = "general", spec = {}, reuse = false } = options;
  const { name = `debugger-${randomSuffix(5)}` } = options;
  checkName(action, name, "name");
  if (container !== undefined) checkName(action, container, "container");
  checkFlag(action, reuse, "reuse");
  checkObject(action, spec, "spec");
  checkJson(action, spec, "spec");
  for (const field of RESERVED) {
    if (!(field in spec)) continue;
    throw new TypeError(
      `Cannot ${action}: spec has ${field}, which is an option of its own`,
    );
  }
  const { stdin, tty } = channels;
  const { env, securityContext, ...fields } = spec;
  return {
    ...channels,
    reuse,
    container: {
      name,
      ...launched,
      terminationMessagePolicy: "File",
      stdin,
      // Its stdin ends with ours, which a terminal says by a character.
      stdinOnce: stdin && !tty && !reuse,
      tty,
      targetContainerName: container,
      securityContext: securityContextOf(action, profile, securityContext),
      ...fields,
      env: joinedEnv(action, env, launched.env),
    } as EphemeralContainer,
  };
}
