import type { CallSite } from "../../call_site.ts";
import type {
  EphemeralContainer,
  Pod,
} from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { setMessage } from "../../call_site.ts";
import { ApiError, WaitFailedError } from "../../errors.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { type ParsedTarget, parseTarget } from "../targets/target.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { partsOf } from "../watch/predicates/predicate.ts";
import {
  type ContainerPlace,
  hasStarted,
  isContainerRunning,
  waitForStart,
} from "./container_state.ts";
import {
  type DebugOptions,
  type DebugRequest,
  debugRequest,
} from "./debug_options.ts";
import { startLaunch } from "./launch_scope.ts";
import { launchSession } from "./launch_session.ts";
import type { LaunchedSession } from "./launched_session.ts";
import { repeatConflicts } from "./repeat_conflicts.ts";

/** Adds a debug container to a pod, and attaches; see `DebugMethod`. */
export async function debugPod(
  context: CallContext,
  given: Target,
  options: DebugOptions,
  site: CallSite,
): Promise<LaunchedSession> {
  const target = parseTarget(given, context.resource, "debug");
  const action = `debug ${target.text}`;
  const request = debugRequest(action, options);
  if (target.kind === "pod" && !target.name) {
    throw new TypeError(`Cannot ${action}: no name is given`);
  }
  const { deadline, leave } = startLaunch(context, action, options);
  const { signal } = deadline;
  const { namespace } = options;
  try {
    const call = { context, action, namespace };
    const name = await podOf(call, target, signal);
    const reused = request.reuse
      ? await findRunning(call, name, request, signal)
      : null;
    const place = reused ?? await addContainer(call, name, request, signal);
    const pod = await waitForStart(place, signal);
    return await launchSession(place, {
      pod,
      channels: request,
      deadline,
      signal: options.signal,
      site,
      outlives: request.reuse,
      stitches: reused === null,
      leave: () => Promise.resolve(null),
    });
  } finally {
    leave();
  }
}

type DebugCall = Pick<ContainerPlace, "context" | "action" | "namespace">;

async function podOf(
  call: DebugCall,
  target: ParsedTarget,
  signal: AbortSignal,
): Promise<string> {
  if (target.kind === "pod") return target.name;
  const { choosePod } = await import("../targets/choose_pod.ts");
  const wanted = { ...call, target, signal };
  return (await choosePod(wanted, "session", undefined)).name;
}

async function addContainer(
  { context, action, namespace }: DebugCall,
  name: string,
  { container }: DebugRequest,
  signal: AbortSignal,
): Promise<ContainerPlace> {
  const verb = {
    verb: "patch",
    method: "PATCH",
    name,
    subresource: "ephemeralcontainers",
    body: { spec: { ephemeralContainers: [container] } },
    contentType: "application/strategic-merge-patch+json",
    action,
  };
  const options = { namespace, timeout: null, signal };
  const patch = () => fetchObject(context, verb, options);
  const pod = await repeatConflicts(patch, signal).catch((error) => {
    throw explained(error);
  }) as Stored<Pod>;
  // The same container twice is a patch that changes nothing.
  if (hasStarted(pod, container.name)) {
    throw new WaitFailedError(
      `Cannot ${action}: pod ${JSON.stringify(name)} has a container ` +
        `${JSON.stringify(container.name)} already; choose another name`,
      { reason: "AlreadyExists", object: pod },
    );
  }
  return placeOf({ context, action, namespace }, pod, container.name);
}

/** An old server has no such subresource, which it says as of a pod. */
function explained(error: unknown): unknown {
  if (error instanceof ApiError && error.httpStatus === 404) {
    const { details } = error.apiStatus ?? {};
    if (!details?.name) {
      const hint = "the cluster has no ephemeral containers";
      setMessage(error, `${error.message}; ${hint}`);
    }
  }
  return error;
}

/** A debug container that still runs, and was added for the same. */
async function findRunning(
  call: DebugCall,
  name: string,
  { container: wanted }: DebugRequest,
  signal: AbortSignal,
): Promise<ContainerPlace | null> {
  const { context, namespace } = call;
  const verb = { verb: "get", method: "GET", name };
  const options = { namespace, timeout: null, signal };
  const pod = await fetchObject(context, verb, options) as Stored<Pod>;
  const found = partsOf(pod.spec?.ephemeralContainers).findLast((it) =>
    isContainerRunning(pod, it.name) && isSame(it, wanted)
  );
  return found === undefined ? null : placeOf(call, pod, found.name);
}

/** The fields that tell two debug containers apart. */
const COMPARED = [
  "image",
  "command",
  "args",
  "targetContainerName",
  "securityContext",
  "stdin",
  "stdinOnce",
  "tty",
] as const;

function isSame(a: EphemeralContainer, b: EphemeralContainer): boolean {
  return COMPARED.every((field) => canonical(a[field]) === canonical(b[field]));
}

/** What a server leaves out counts as false. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value || null,
    (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(
          Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : part,
  );
}

function placeOf(
  call: DebugCall,
  { metadata: { name, uid } }: Stored<Pod>,
  container: string,
): ContainerPlace {
  return { ...call, pod: name, uid: uid!, container };
}
