import type { Pod as PodObject } from "../../client/kubernetes/core_v1.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { Pod } from "../../client/resources.ts";
import { ApiError, TargetNotFoundError } from "../../errors.ts";
import type { CallContext } from "../call.ts";
import { listAll, nameSelector } from "../verbs/listing.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { hasEnded } from "../watch/predicates/pod_state.ts";
import { labelSelectorOf } from "./label_selector.ts";
import { type Purpose, sortPods } from "./pod_order.ts";
import type { ParsedTarget, PodOwner, PodSelector } from "./target.ts";

/** What is resolved, and for which call. */
export interface TargetCall {
  /** Its resource is Pod. */
  readonly context: CallContext;
  readonly target: ParsedTarget;
  /** For messages, for example `exec in deployments "web"`. */
  readonly action: string;
  /** The namespace of the call; undefined: that of the context. */
  readonly namespace?: string | undefined;
  /** The call's deadline: the requests have no timeout of their own. */
  readonly signal: AbortSignal;
  /** Called with the object that selects the pods. */
  readonly onOwner?: ((owner: KubeObject) => void) | undefined;
}

/** The selectors of a list or a watch of the target's pods. */
export interface TargetSelector {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** The pod of a target that a call for one pod takes. */
export interface ChosenPod {
  readonly pod: Stored<PodObject>;
  /** How many pods the target has. */
  readonly count: number;
}

/**
 * The pod that kubectl would take. For a session it must not be completed.
 *
 * @throws {TargetNotFoundError} The target has no pod, or none that fits.
 * @throws {ApiError} The server refuses to get the object or to list pods.
 */
export async function resolveOne(
  call: TargetCall,
  purpose: Purpose,
): Promise<ChosenPod> {
  const pods = sortPods(await resolveAll(call), purpose);
  const pod = pods[0]!;
  if (purpose === "session" && hasEnded(pod)) {
    throw notFound(
      call,
      `none of its pods runs; the current phase of "${pod.metadata.name}" is ` +
        pod.status?.phase,
    );
  }
  return { pod, count: pods.length };
}

/**
 * Every pod of a target, in the order of the server's list, which is that of
 * their names.
 *
 * @throws As {@linkcode resolveOne} does.
 */
export async function resolveAll(
  call: TargetCall,
): Promise<Stored<PodObject>[]> {
  const { target, namespace, signal } = call;
  const context = podContext(call.context);
  const options = { namespace, signal, timeout: null };
  if (target.kind === "pod") {
    return [
      await found(call, async () => {
        const verb = { verb: "get", method: "GET", name: target.name };
        return await fetchObject(context, verb, options) as Stored<PodObject>;
      }),
    ];
  }
  const selector = await targetSelector(call);
  const pods: Stored<PodObject>[] = [];
  for await (
    const pod of listAll<PodObject>(context, { ...options, ...selector })
  ) pods.push(pod);
  if (pods.length > 0) return pods;
  const { labelSelector } = selector;
  throw notFound(
    call,
    target.kind === "selector"
      ? "no pod matches"
      : `no pod has its labels, "${labelSelector}"`,
  );
}

/**
 * What selects the pods of a target, for a list or a watch. It is that of now: an
 * object whose selector is changed is another object, for most kinds.
 *
 * @throws As {@linkcode resolveOne} does.
 */
export async function targetSelector(
  call: TargetCall,
): Promise<TargetSelector> {
  const { target } = call;
  switch (target.kind) {
    case "pod":
      return { fieldSelector: nameSelector(target.name) };
    case "selector":
      return selectorsOf(target);
    case "owner":
      return { labelSelector: await ownerSelector(call, target) };
  }
}

function selectorsOf(
  { labelSelector, fieldSelector }: PodSelector,
): TargetSelector {
  return { labelSelector, fieldSelector };
}

async function ownerSelector(
  call: TargetCall,
  { resource, name }: PodOwner,
): Promise<string> {
  const { namespace, signal } = call;
  const context = { ...call.context, resource };
  const owner = await found(call, async () => {
    const verb = { verb: "get", method: "GET", name };
    const options = { namespace, signal, timeout: null };
    return await fetchObject(context, verb, options) as KubeObject & {
      spec?: { selector?: unknown };
    };
  });
  call.onOwner?.(owner);
  const selector = owner.spec?.selector;
  const isMap = resource.group === "";
  // An empty one would select every pod of the namespace.
  const labels = labelSelectorOf(selector, isMap);
  if (labels) return labels;
  throw notFound(call, `${resource.kind} is defined without a selector`);
}

/** A missing object is a missing target. */
async function found<T>(call: TargetCall, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof ApiError) || error.httpStatus !== 404) throw error;
    const words = error.apiStatus?.message ?? "it does not exist";
    throw notFound(call, words, error);
  }
}

function notFound(
  { target, action }: TargetCall,
  state: string,
  cause?: unknown,
): TargetNotFoundError {
  return new TargetNotFoundError(`Cannot ${action}: ${state}`, {
    target: target.given,
    cause,
  });
}

/** Lists and gets are of pods, whatever marker the Api's resource carries. */
export function podContext(context: CallContext): CallContext {
  return { ...context, resource: Pod };
}
