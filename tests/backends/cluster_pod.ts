import {
  type Api,
  CallTimeoutError,
  type Pod,
  type PodSpec,
} from "../../mod.ts";
import type { PodOptions } from "./backend.ts";
import { hasRun } from "./test_pod.ts";

/** The image of the test pods. */
export interface ImageOptions {
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
}

/** In milliseconds; the node may have to pull the image. */
const START_TIMEOUT = 120_000;

/**
 * Creates a pod, waits until it is ready, and returns its name.
 *
 * @throws {Error} The pod does not start; the message gives the cluster's reason.
 */
export async function startPod(
  pods: Api<typeof Pod>,
  image: ImageOptions,
  options: PodOptions,
  signal?: AbortSignal,
): Promise<string> {
  const pod = await pods.create({
    metadata: { generateName: "test-", labels: { ...options.labels } },
    spec: podSpec(image, options),
  });
  const { name } = pod.metadata;
  const until = options.unschedulable
    ? isUnschedulable
    : options.until ?? hasRun;
  let seen: Pod | undefined;
  const check = (pod: Pod | undefined) => {
    if (isHopeless(seen = pod)) throw new Error(cannotStart(pod));
    return until(pod);
  };
  try {
    await pods.waitFor(name, check, { timeout: START_TIMEOUT, signal });
  } catch (cause) {
    if (!(cause instanceof CallTimeoutError)) throw cause;
    throw new Error(cannotStart(seen), { cause });
  }
  return name;
}

/** The scheduler has given up for now, so the pod's status no longer changes. */
function isUnschedulable(pod: Pod | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) =>
    type === "PodScheduled" && status === "False"
  ) ?? false;
}

/** Waiting is pointless: pulling the image failed twice, or can never succeed. */
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

/** Idles with short-lived children, ends on SIGTERM, and leaves no zombies. */
const IDLE = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done";

/** The spec of a test pod. */
export function podSpec(
  image: ImageOptions,
  options: PodOptions = {},
): PodSpec {
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
