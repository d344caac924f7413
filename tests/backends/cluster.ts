import process from "node:process";
import {
  Api,
  ApiError,
  type ClientOptions,
  createClient,
  Pod,
} from "../../mod.ts";
import { webTransport } from "../../src/adapters/web/mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import { loadKubeconfig } from "../../src/config/mod.ts";
import { type ImageOptions, startPod } from "./cluster_pod.ts";
import type {
  Backend,
  Capability,
  Sandbox,
  TransportKind,
  User,
} from "./backend.ts";
import { type UnpooledWeb, unpooledWeb } from "./unpooled_web.ts";

/** What `deno task test:cluster` found out and made, for the rows' processes. */
export interface ClusterSetup {
  /** Of the kubeconfig that every process reads for itself. */
  readonly context: string;
  /** The rows' own; it is removed at the end. */
  readonly namespace: string;
  /** Another, without a pod, for rows that look at every pod. */
  readonly emptyNamespace: string;
  /** How to reach the server, whoever asks. */
  readonly server: ServerOptions;
  /** What the namespace's service accounts prove themselves with. */
  readonly tokens: Readonly<Record<User, string>>;
  readonly image: ImageOptions;
  /** A pod for every row that asks nothing of its pod. */
  readonly idlePod: string;
  readonly protocol: ChannelProtocol;
  readonly refusals: Backend["refusals"];
  readonly capabilities: readonly Capability[];
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

/** The real cluster that this process is to run the rows on, if there is one. */
export function clusterBackend(): Backend | null {
  const { PODWIRE_CLUSTER } = process.env;
  if (PODWIRE_CLUSTER === undefined) return null;
  const place: ClusterSetup = JSON.parse(PODWIRE_CLUSTER);
  const { protocol, refusals, capabilities: offers } = place;
  return {
    name: `cluster ${protocol.slice(0, 2)}`,
    protocol,
    refusals,
    capabilities: offers,
    unreadInput: "in the way",
    maxConcurrency: 20,
    extraTimeout: 60_000,
    unsupportedTransports: { web: whyNotWeb(place.server) },
    open: (way, { alone } = {}) =>
      Promise.resolve(
        alone ? openEmptySandbox(way, place) : openSandbox(way, place),
      ),
  };
}

function whyNotWeb(server: ServerOptions): string | undefined {
  const { insecureSkipTlsVerify, tlsServerName, proxy } = server;
  if (proxy !== undefined) return "the standard WebSocket takes no proxy";
  return insecureSkipTlsVerify || tlsServerName !== undefined
    ? "the standard WebSocket takes no TLS options"
    : undefined;
}

function openSandbox(way: TransportKind, place: ClusterSetup): Sandbox {
  const { namespace, context } = place;
  const made: string[] = [];
  const unpooled = way === "web" ? unpooledWeb() : null;
  return {
    namespace,
    clientOptions: (user = "admin") =>
      unpooled === null
        ? socketOptions(place, user)
        : webOptions(place, user, unpooled),
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

function openEmptySandbox(way: TransportKind, place: ClusterSetup): Sandbox {
  const namespace = place.emptyNamespace;
  const sandbox = openSandbox(way, { ...place, namespace });
  return {
    ...sandbox,
    pod: (pods, options = {}) => startPod(pods, place.image, options),
    async close() {
      await sandbox.close();
      await removeAllPods(socketOptions({ ...place, namespace }, "admin"));
    },
  };
}

function socketOptions(
  { server, namespace, tokens }: ClusterSetup,
  user: User,
): ClientOptions {
  return { ...server, namespace, token: tokens[user] };
}

function webOptions(
  { server: { server }, namespace, tokens }: ClusterSetup,
  user: User,
  unpooled: UnpooledWeb,
): ClientOptions {
  const transport = webTransport(unpooled);
  return { server, namespace, token: tokens[user], transport };
}

async function removePods(
  names: readonly string[],
  options: ClientOptions,
): Promise<void> {
  if (names.length === 0) return;
  const client = await createClient(options);
  try {
    const pods = new Api(Pod, { client });
    await Promise.all(names.map((name) => removePod(pods, name)));
  } finally {
    await client.close();
  }
}

/** The row may have removed it. */
async function removePod(pods: Api<typeof Pod>, name: string): Promise<void> {
  try {
    await pods.delete(name);
  } catch (error) {
    if (!(error instanceof ApiError && error.httpStatus === 404)) throw error;
  }
}

/** The next row that is to be alone finds it so. */
async function removeAllPods(options: ClientOptions): Promise<void> {
  const client = await createClient(options);
  try {
    const pods = new Api(Pod, { client });
    await pods.deleteCollection({ all: true, gracePeriodSeconds: 0 });
    while ((await pods.list()).items.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await client.close();
  }
}
