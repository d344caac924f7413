import type { Pod as PodObject } from "../../client/kubernetes/core_v1.ts";
import { ApiError } from "../../errors.ts";
import { fetchObject } from "../verbs/verb_call.ts";
import { defaultContainer } from "./default_container.ts";
import type { Purpose } from "./pod_order.ts";
import { podContext, resolveOne, type TargetCall } from "./resolve.ts";

/** The pod of a call, and its container. */
export interface PodAndContainer {
  readonly name: string;
  /** Undefined leaves the choice to the server. */
  readonly container: string | undefined;
}

/**
 * The pod that kubectl would take, and its container.
 *
 * @param container The caller's, which counts.
 * @throws As {@linkcode resolveOne} does.
 */
export async function choosePod(
  call: TargetCall,
  purpose: Purpose,
  container: string | undefined,
): Promise<PodAndContainer> {
  const { pod } = await resolveOne(call, purpose);
  return {
    name: pod.metadata.name,
    container: container ?? defaultContainer(pod).container,
  };
}

/**
 * The container that kubectl would take, for a server that asks for one.
 *
 * @param refusal What the server said; thrown if the pod may not be got.
 */
export async function chooseContainer(
  call: Pick<TargetCall, "context" | "namespace" | "signal">,
  name: string,
  refusal: unknown,
): Promise<string> {
  const { namespace, signal } = call;
  const verb = { verb: "get", method: "GET", name };
  const options = { namespace, signal, timeout: null };
  let pod: PodObject;
  try {
    const context = podContext(call.context);
    pod = await fetchObject(context, verb, options) as PodObject;
  } catch (error) {
    throw error instanceof ApiError ? refusal : error;
  }
  const { container } = defaultContainer(pod);
  if (container === undefined) throw refusal;
  return container;
}
