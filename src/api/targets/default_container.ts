import type {
  Container,
  Pod,
  PodSpec,
} from "../../client/kubernetes/core_v1.ts";

/** kubectl takes the container that this annotation names. */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/** A container, and the message that kubectl prints about the choice. */
export interface DefaultContainer {
  /** Undefined if the pod has none, which leaves the choice to the server. */
  readonly container: string | undefined;
  readonly message: string | null;
}

/**
 * The container that kubectl takes without `-c`: the annotated one if it
 * exists, else the first.
 */
export function defaultContainer({ metadata, spec }: Pod): DefaultContainer {
  const { containers, initContainers, ephemeralContainers } = listsOf(spec);
  const annotated = metadata?.annotations?.[DEFAULT_CONTAINER];
  const labels = containerLabels({ spec });
  const exists = [...containers, ...ephemeralContainers, ...initContainers]
    .some(({ name }) => name === annotated);
  if (annotated !== undefined && exists) {
    return { container: annotated, message: null };
  }
  const container = containers[0]?.name;
  const message = labels.length > 1
    ? `Defaulted container "${container}" out of: ${labels.join(", ")}`
    : null;
  return { container, message };
}

/** The names of a pod's containers as kubectl prints them. */
export function containerLabels({ spec }: Pick<Pod, "spec">): string[] {
  const { containers, initContainers, ephemeralContainers } = listsOf(spec);
  return [
    ...containers.map(({ name }) => name),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
    ...initContainers.map(({ name }) => `${name} (init)`),
  ];
}

type ContainerLists = Required<
  Pick<PodSpec, "containers" | "initContainers" | "ephemeralContainers">
>;

/** The containers of a pod; empty for a server that leaves the spec out. */
function listsOf(spec: PodSpec | undefined): ContainerLists {
  const {
    containers,
    initContainers,
    ephemeralContainers,
  } = (spec ?? {}) as Partial<PodSpec>;
  return {
    containers: containers ?? [],
    initContainers: initContainers ?? [],
    ephemeralContainers: ephemeralContainers ?? [],
  };
}

/** Every container of a pod, in the order in which kubectl reads their logs. */
export function allContainers(
  { spec }: Pod,
): Pick<Container, "name" | "tty">[] {
  const { containers, initContainers, ephemeralContainers } = listsOf(spec);
  return [...initContainers, ...containers, ...ephemeralContainers];
}

/** Finds a regular, init or ephemeral container by its name. */
export function findContainer(
  pod: Pod,
  name: string,
): Pick<Container, "name" | "tty"> | undefined {
  return allContainers(pod).find((container) => container.name === name);
}
