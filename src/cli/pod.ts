// The pod and the container that a command line names.
import { Api } from "../api/api.ts";
import { createClient } from "../client/create_client.ts";
import type {
  Container,
  Pod as PodObject,
} from "../client/kubernetes/core_v1.ts";
import { Pod } from "../client/resources.ts";
import { ApiError } from "../errors.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import type { CommandName } from "./flags.ts";
import { printMessage } from "./messages.ts";

type PodApi = Api<typeof Pod>;

const POD_TYPES = ["pod", "pods", "po"];

/** kubectl takes the container that this annotation names. */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/** Calls `body` with the pods of the cluster that the command line names. */
export async function withPods(
  commandLine: CommandLine,
  body: (pods: PodApi) => Promise<number>,
): Promise<number> {
  const client = await createClient({
    kubeconfig: commandLine.value("kubeconfig"),
    context: commandLine.value("context"),
    namespace: commandLine.value("namespace"),
  });
  try {
    return await body(new Api(Pod, { client }));
  } finally {
    await client.close();
  }
}

/**
 * The name in `NAME` or `pod/NAME`.
 *
 * @throws {UsageError} It is missing, or names another kind.
 */
export function podName(
  argument: string | undefined,
  command: CommandName,
): string {
  if (argument === undefined || argument === "") {
    throw new UsageError("the name of a pod must be specified", command);
  }
  const [type = "", name, ...others] = argument.split("/");
  if (name === undefined) return argument;
  if (POD_TYPES.includes(type.toLowerCase()) && name && others.length === 0) {
    return name;
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
 * Chooses the container of `-c`, or the one that kubectl would take, which is
 * printed if the pod has several.
 *
 * @throws {CommandError} The pod is completed.
 */
export async function chooseContainer(
  pods: PodApi,
  name: string,
  commandLine: CommandLine,
  command: CommandName,
): Promise<ChosenContainer> {
  const given = commandLine.value("container");
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

/** A container, and the message that kubectl prints about the choice. */
export interface DefaultContainer {
  readonly container: string;
  readonly message: string | null;
}

/** The container that kubectl takes without `-c`. */
export function defaultContainer(
  { metadata, spec }: PodObject,
): DefaultContainer {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec!;
  const annotated = metadata?.annotations?.[DEFAULT_CONTAINER];
  const labels = [
    ...containers.map(({ name }) => name),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
    ...initContainers.map(({ name }) => `${name} (init)`),
  ];
  const exists = [...containers, ...ephemeralContainers, ...initContainers]
    .some(({ name }) => name === annotated);
  if (annotated !== undefined && exists) {
    return { container: annotated, message: null };
  }
  const container = containers[0]!.name;
  const message = labels.length > 1
    ? `Defaulted container "${container}" out of: ${labels.join(", ")}`
    : null;
  return { container, message };
}

/** Finds a regular, init or ephemeral container by its name. */
export function findContainer(
  { spec }: PodObject,
  name: string,
): Pick<Container, "name" | "tty"> | undefined {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec!;
  return [...containers, ...initContainers, ...ephemeralContainers]
    .find((container) => container.name === name);
}
