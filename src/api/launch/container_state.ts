// A container that a call has started, as its pod's status describes it.
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { CallTimeoutError } from "../../errors.ts";
import { setMessage } from "../../call_site.ts";
import type { Status } from "../../status.ts";
import type { CallContext } from "../call.ts";
import { statusOf } from "../logs/logged_containers.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import {
  DONE,
  fieldsOf,
  impossible,
  joined,
  partsOf,
  pending,
  type WaitState,
} from "../watch/predicates/predicate.ts";
import {
  CANNOT_START,
  hasEnded,
  podFailure,
  podMessage,
} from "../watch/predicates/pod_state.ts";
import { waitForState } from "../watch/wait_for.ts";

/** A container of a pod that a call has started. */
export interface ContainerPlace {
  readonly context: CallContext;
  /** For messages: "Cannot {action}: ...". */
  readonly action: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly namespace: string | undefined;
}

/** Why a container that waits will not start: the kubelet's further words. */
const HOPELESS: readonly string[] = [
  ...CANNOT_START,
  "CreateContainerError",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
];

/** How a container has ended. */
export interface ContainerEnd {
  /** Null if no one knows: the node was lost, for example. */
  readonly exitCode: number | null;
  /** The cluster's word, for example `OOMKilled`. */
  readonly reason: string;
  /** The cluster's explanation; may be empty. */
  readonly message: string;
}

/** Whether the container runs now. */
export function isContainerRunning(pod: Pod, container: string): boolean {
  return statusOf(pod, container)?.state?.running !== undefined;
}

/** Whether the container runs, or has run. */
export function hasStarted(pod: Pod, container: string): boolean {
  const { running, terminated } = fieldsOf(statusOf(pod, container)?.state);
  return Boolean(running ?? terminated);
}

/** How far a container is on the way to its start; an end counts as one. */
export function startState(pod: Pod, container: string): WaitState {
  if (hasStarted(pod, container)) return DONE;
  const own = statusOf(pod, container);
  const { waiting } = fieldsOf(own?.state);
  if (hasEnded(pod)) return podFailure(pod)!;
  const init = partsOf(fieldsOf(pod.status).initContainerStatuses);
  for (const { name, state } of own === undefined ? init : [own, ...init]) {
    const { reason, message } = fieldsOf(fieldsOf(state).waiting);
    if (reason === undefined || !HOPELESS.includes(reason)) continue;
    const where = `container ${JSON.stringify(name)}`;
    return impossible(reason, joined(": ", where, reason, message));
  }
  const where = `container ${JSON.stringify(container)}`;
  const why = joined(": ", where, waiting?.reason, waiting?.message);
  return pending(
    pod.status?.phase === "Running" ? why : podMessage(pod),
  );
}

/** How the container has ended; null while it may run. */
export function endOf(pod: Pod, container: string): ContainerEnd | null {
  const { terminated } = fieldsOf(statusOf(pod, container)?.state);
  const ofPod = fieldsOf(pod.status);
  if (terminated !== undefined) {
    const { exitCode, reason, message, signal } = terminated;
    const isKnown = typeof exitCode === "number";
    // The pod's own word tells why its container was killed, or told to end.
    const cause = exitCode === 0 && ofPod.phase !== "Failed"
      ? undefined
      : ofPod.reason;
    return {
      exitCode: isKnown ? exitCode : null,
      reason: cause || reason || (exitCode === 0 ? "Completed" : "Error"),
      message: joined(
        ": ",
        message,
        cause ? ofPod.message : undefined,
        signal ? `signal ${signal}` : undefined,
      ),
    };
  }
  if (!hasEnded(pod)) return null;
  const { phase = "Failed", reason, message } = ofPod;
  return { exitCode: null, reason: reason || phase, message: message ?? "" };
}

/** The end as the status of an exec, which `exitCodeOf` reads. */
export function statusOfEnd(
  { exitCode, reason, message }: ContainerEnd,
): Status {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const code = exitCode === null ? "" : ` with exit code ${exitCode}`;
  const text = joined(
    ": ",
    `the container has ended${code} (${reason})`,
    message.trim(),
  );
  return {
    metadata: {},
    status: "Failure",
    message: text,
    reason: exitCode === null ? reason : "NonZeroExitCode",
    details: {
      causes: exitCode === null
        ? []
        : [{ reason: "ExitCode", message: String(exitCode) }],
    },
  };
}

/** Gets the pod, and looks whether the container has ended. */
export async function hasContainerEnded(
  { context, pod: name, namespace, container }: ContainerPlace,
  signal: AbortSignal,
): Promise<boolean> {
  const verb = { verb: "get", method: "GET", name };
  const options = { namespace, signal, timeout: null };
  const pod = await fetchObject(context, verb, options) as Pod;
  return endOf(pod, container) !== null;
}

/**
 * Waits until the container runs or has ended.
 *
 * @throws {WaitFailedError} It can never start.
 */
export async function waitForStart(
  place: ContainerPlace,
  signal: AbortSignal,
): Promise<Stored<Pod>> {
  const { container, action } = place;
  return await waitForPod(
    place,
    action,
    (pod) => startState(pod, container),
    signal,
  );
}

/** Waits until the container has ended. */
export async function waitForEnd(
  place: ContainerPlace,
  signal: AbortSignal,
): Promise<ContainerEnd> {
  const { container, action } = place;
  const stateOf = (pod: Pod) =>
    endOf(pod, container) === null ? pending("it runs") : DONE;
  const pod = await waitForPod(place, action, stateOf, signal);
  return endOf(pod, container)!;
}

async function waitForPod(
  { context, pod: name, uid, namespace }: ContainerPlace,
  action: string,
  stateOf: (pod: Pod) => WaitState,
  signal: AbortSignal,
): Promise<Stored<Pod>> {
  let latest = "";
  const explain = (pod: Pod | undefined): WaitState => {
    if (pod === undefined) {
      return impossible("Deleted", "its pod was deleted");
    }
    if (pod.metadata?.uid !== uid) {
      return impossible("Replaced", "another pod has the name of its pod");
    }
    const state = stateOf(pod);
    latest = state.message;
    return state;
  };
  const predicate = Object.assign(
    (pod: Pod | undefined) => explain(pod).done,
    { stateOf: explain },
  );
  const options = { namespace, signal, timeout: null };
  try {
    const pod = await waitForState(context, action, name, predicate, options);
    return pod as Stored<Pod>;
  } catch (error) {
    // The clock is the call's, which does not know what was waited for.
    if (error instanceof CallTimeoutError && latest !== "") {
      const { client } = context;
      const words = client.hideCredentials(latest);
      setMessage(error, `${error.message}; ${words}`);
    }
    throw error;
  }
}
