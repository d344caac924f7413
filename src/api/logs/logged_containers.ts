import type { ContainerStatus, Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { isRecord } from "../../json.ts";

/** A container of a pod that has a log. */
export interface LoggedContainer {
  /** The pod's name. */
  readonly pod: string;
  /** The container's name. */
  readonly container: string;
}

/**
 * Which containers of a pod: one by its name, those whose name matches an
 * expression, or for which a function returns true.
 */
export type ContainerFilter =
  | string
  | RegExp
  | ((container: string, pod: Stored<Pod>) => boolean);

/**
 * The containers of a pod that have a log, init and ephemeral ones included, in
 * the order in which they run. A container without a log has not started.
 */
export function loggedContainers(
  pod: Stored<Pod>,
  { containers, previous = false }: {
    readonly containers?: ContainerFilter;
    /** The logs of the previous runs, where there was one. */
    readonly previous?: boolean;
  },
): LoggedContainer[] {
  const { initContainerStatuses, containerStatuses } = pod.status ?? {};
  const { ephemeralContainerStatuses } = pod.status ?? {};
  return [
    initContainerStatuses,
    inOrder(containerStatuses, pod),
    ephemeralContainerStatuses,
  ]
    .flatMap((list) => Array.isArray(list) ? list : [])
    .filter((status) => isRecord(status) && hasLog(status, previous))
    .map(({ name }) => ({ pod: pod.metadata.name, container: name }))
    .filter(({ container }) => isWanted(container, pod, containers));
}

/** The kubelet sorts the statuses by name; the spec has the user's order. */
function inOrder(
  statuses: ContainerStatus[] | undefined,
  { spec }: Pod,
): ContainerStatus[] {
  if (!Array.isArray(statuses)) return [];
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const place = ({ name }: ContainerStatus) => names.indexOf(name);
  return statuses.toSorted((a, b) => place(a) - place(b));
}

function hasLog({ state, lastState }: ContainerStatus, previous: boolean) {
  if (previous) return lastState?.terminated !== undefined;
  return Boolean(state?.running ?? state?.terminated ?? lastState?.terminated);
}

function isWanted(
  name: string,
  pod: Stored<Pod>,
  wanted: ContainerFilter | undefined,
): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === "string") return name === wanted;
  if (typeof wanted === "function") {
    const answer: unknown = wanted(name, pod);
    if (typeof answer === "boolean") return answer;
    // A promise would be true, whatever it resolves to.
    throw new TypeError(
      "Cannot choose containers: the function returned neither true nor false",
    );
  }
  // Unlike `test`, it ignores the state of a global expression.
  return name.search(wanted) >= 0;
}
