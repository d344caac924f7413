import {
  type Api,
  CallTimeoutError,
  type Pod,
  type PodSpec,
} from "../../mod.ts";
import type { PodOptions } from "./backend.ts";
import { hasRun } from "./pod_phase.ts";

/** What the rows' pods run. */
export interface ImageOptions {
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
}

/** In milliseconds; it may have to fetch its image. */
const START_TIMEOUT = 120_000;

/**
 * Makes a pod and waits until it is as asked; gives its name.
 *
 * @throws {Error} It does not start; the message says why, as the cluster does.
 */
export async function startPod(
  pods: Api<typeof Pod>,
  image: ImageOptions,
  options: PodOptions,
  signal?: AbortSignal,
): Promise<string> {
  const pod = await pods.create({
    metadata: { generateName: "test-" },
    spec: podSpec(image, options),
  });
  const { name } = pod.metadata;
  const until = options.unschedulable
    ? isUnschedulable
    : options.until ?? hasRun;
  let seen: Pod | undefined;
  const look = (pod: Pod | undefined) => {
    if (isHopeless(seen = pod)) throw new Error(cannotStart(pod));
    return until(pod);
  };
  try {
    await pods.waitFor(name, look, { timeout: START_TIMEOUT, signal });
  } catch (cause) {
    if (!(cause instanceof CallTimeoutError)) throw cause;
    throw new Error(cannotStart(seen), { cause });
  }
  return name;
}

/** The scheduler has looked for a node in vain: nobody writes to it any more. */
function isUnschedulable(pod: Pod | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) =>
    type === "PodScheduled" && status === "False"
  ) ?? false;
}

/** No waiting helps: it has tried twice to get the image, or never will. */
function isHopeless(pod: Pod | undefined): boolean {
  return pod?.status?.containerStatuses?.some(({ state }) =>
    /^(ImagePullBackOff|ErrImageNeverPull|InvalidImageName)$/
      .test(state?.waiting?.reason ?? "")
  ) ?? false;
}

function cannotStart(pod: Pod | undefined): string {
  const { phase, conditions, containerStatuses } = pod?.status ?? {};
  const waiting = containerStatuses?.map(({ state }) => state?.waiting);
  const [why = `its phase is ${phase}`] = [
    ...waiting ?? [],
    ...conditions ?? [],
  ].flatMap((it) => it?.message ? [`${it.reason}: ${it.message}`] : []);
  return `Cannot start a pod: ${why}`;
}

/** Starts no process for long, ends when it is told to, and leaves no zombies. */
const IDLE = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done";

function podSpec(image: ImageOptions, options: PodOptions): PodSpec {
  const { container, containers = [{ name: "main", ...container }] } = options;
  return {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(options.unschedulable && {
      nodeSelector: { "podwire.dev/node": "none" },
    }),
    ...options.spec,
    containers: containers.map((spec) => ({
      command: ["sh", "-c", IDLE],
      ...image,
      ...spec,
    })),
  };
}
