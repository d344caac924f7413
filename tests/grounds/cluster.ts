import process from "node:process";
import {
  Api,
  CallTimeoutError,
  type ClientOptions,
  createClient,
  isRunning,
  Pod,
  type PodSpec,
} from "../../mod.ts";
import { webTransport } from "../../src/adapters/web.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import { loadKubeconfig } from "../../src/config/mod.ts";
import { type UnpooledFetch, unpooledFetch } from "./unpooled_fetch.ts";
import type { Ground, Offer, PodOptions, Site, User, Way } from "./ground.ts";

/** What `deno task test:cluster` found out and made, for the rows' processes. */
export interface ClusterPlace {
  /** Of the kubeconfig that every process reads for itself. */
  readonly context: string;
  /** The rows' own; it is removed at the end. */
  readonly namespace: string;
  /** How to reach the server, whoever asks. */
  readonly server: ServerOptions;
  /** What the namespace's service accounts prove themselves with. */
  readonly tokens: Readonly<Record<User, string>>;
  readonly image: ImageOptions;
  /** A pod for every row that asks nothing of its pod. */
  readonly idlePod: string;
  readonly protocol: ChannelProtocol;
  readonly refusals: Ground["refusals"];
  readonly offers: readonly Offer[];
}

/** The options of `createClient` that say where a server is. */
export type ServerOptions = Pick<
  ClientOptions,
  | "server"
  | "certificateAuthority"
  | "insecureSkipTlsVerify"
  | "tlsServerName"
  | "proxy"
>;

/** What the rows' pods run. */
export interface ImageOptions {
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
}

/** In milliseconds; it may have to fetch its image. */
const START_TIMEOUT = 120_000;

/** The real cluster that this process is to run the rows on, if there is one. */
export function clusterGround(): Ground | null {
  const { PODWIRE_CLUSTER } = process.env;
  if (PODWIRE_CLUSTER === undefined) return null;
  const place: ClusterPlace = JSON.parse(PODWIRE_CLUSTER);
  const { protocol, refusals, offers } = place;
  return {
    name: `cluster ${protocol.slice(0, 2)}`,
    protocol,
    refusals,
    offers,
    unreadInput: "in the way",
    crowd: 20,
    patience: 60_000,
    closedWays: { web: whyNotWeb(place.server) },
    open: (way) => Promise.resolve(openSite(way, place)),
  };
}

function whyNotWeb(server: ServerOptions): string | undefined {
  const { insecureSkipTlsVerify, tlsServerName, proxy } = server;
  if (proxy !== undefined) return "the standard WebSocket takes no proxy";
  return insecureSkipTlsVerify || tlsServerName !== undefined
    ? "the standard WebSocket takes no TLS options"
    : undefined;
}

function openSite(way: Way, place: ClusterPlace): Site {
  const { namespace, context } = place;
  const made: string[] = [];
  const unpooled = way === "web" ? unpooledFetch() : null;
  return {
    namespace,
    clientOptions: (user = "admin") =>
      unpooled === null
        ? socketOptions(place, user)
        : webOptions(place, user, unpooled.fetch),
    certificate: () => Promise.resolve(null),
    kubeconfig: () => loadKubeconfig({ context }),
    async pod(pods, options) {
      if (options === undefined) return place.idlePod;
      const name = await startPod(pods, place.image, options);
      made.push(name);
      return name;
    },
    async close() {
      unpooled?.close();
      await removePods(made, socketOptions(place, "admin"));
    },
  };
}

function socketOptions(
  { server, namespace, tokens }: ClusterPlace,
  user: User,
): ClientOptions {
  return { ...server, namespace, token: tokens[user] };
}

function webOptions(
  { server: { server }, namespace, tokens }: ClusterPlace,
  user: User,
  fetch: UnpooledFetch["fetch"],
): ClientOptions {
  const transport = webTransport({ fetch });
  return { server, namespace, token: tokens[user], transport };
}

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
  const until = options.unschedulable ? () => true : options.until ?? isRunning;
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

async function removePods(
  names: readonly string[],
  options: ClientOptions,
): Promise<void> {
  if (names.length === 0) return;
  const client = await createClient(options);
  try {
    const pods = new Api(Pod, { client });
    await Promise.all(names.map((name) => pods.delete(name)));
  } finally {
    await client.close();
  }
}
