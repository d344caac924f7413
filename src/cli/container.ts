import type { Container, Pod } from "../client/kubernetes/core_v1.ts";
import { ApiError } from "../errors.ts";
import type { Target } from "./target.ts";

/** The annotation that names the container that is meant without a word. */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/** The pod; null for those who may not look at it, but perhaps into it. */
export async function lookAtPod(
  { pods }: Target,
  name: string,
): Promise<Pod | null> {
  try {
    return await pods.get(name);
  } catch (error) {
    if (error instanceof ApiError && error.httpStatus === 403) return null;
    throw error;
  }
}

/** A container, and what to say about its choice, if anything. */
export interface Choice {
  readonly container: string;
  readonly remark: string | null;
}

/** The container that kubectl would take without a word. */
export function defaultContainer({ metadata, spec }: Pod): Choice {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec!;
  const wanted = metadata?.annotations?.[DEFAULT_CONTAINER];
  const all = [
    ...containers.map(({ name }) => name),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
    ...initContainers.map(({ name }) => `${name} (init)`),
  ];
  const known = [...containers, ...ephemeralContainers, ...initContainers]
    .some(({ name }) => name === wanted);
  if (wanted !== undefined && known) return { container: wanted, remark: null };
  const container = containers[0]!.name;
  const remark = all.length > 1
    ? `Defaulted container "${container}" out of: ${all.join(", ")}`
    : null;
  return { container, remark };
}

/** The container of that name, of whichever sort. */
export function containerOf(
  { spec }: Pod,
  name: string,
): Pick<Container, "name" | "tty"> | undefined {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec!;
  return [...containers, ...initContainers, ...ephemeralContainers]
    .find((container) => container.name === name);
}
