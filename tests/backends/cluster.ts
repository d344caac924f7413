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
import { servePodPort } from "./cluster/pod_ports.ts";
import { type ImageOptions, podSpec, startPod } from "./cluster_pod.ts";
import type {
  Backend,
  Capability,
  Sandbox,
  TransportKind,
  User,
} from "./backend.ts";
import { type UnpooledWeb, unpooledWeb } from "./unpooled_web.ts";

/** What `deno task test:cluster` detected and created, passed to the test processes. */
export interface ClusterSetup {
  /** The context of the kubeconfig, which every process reads. */
  readonly context: string;
  /** Created for the run, and removed at the end. */
  readonly namespace: string;
  /** Another namespace, without pods, for cases that list all pods. */
  readonly emptyNamespace: string;
  /** Options to reach the server, for any user. */
  readonly server: ServerOptions;
  /** The tokens of the namespace's service accounts. */
  readonly tokens: Readonly<Record<User, string>>;
  readonly image: ImageOptions;
  /** A pod shared by the cases without pod options. */
  readonly idlePod: string;
  readonly protocol: ChannelProtocol;
  readonly refusals: Backend["refusals"];
  readonly capabilities: readonly Capability[];
}

/** The options of `createClient` that locate a server. */
export type ServerOptions = Pick<
  ClientOptions,
  | "server"
  | "certificateAuthority"
  | "insecureSkipTlsVerify"
  | "tlsServerName"
  | "proxy"
>;

/** The real cluster to run on, if the environment names one. */
export function clusterBackend(): Backend | null {
  const { PODWIRE_CLUSTER } = process.env;
  if (PODWIRE_CLUSTER === undefined) return null;
  const setup: ClusterSetup = JSON.parse(PODWIRE_CLUSTER);
  const { protocol, refusals, capabilities: offers } = setup;
  return {
    name: `cluster ${protocol.slice(0, 2)}`,
    protocol,
    refusals,
    capabilities: offers,
    missingCapabilities: MISSING,
    unreadInput: "blocking",
    maxConcurrency: 20,
    extraTimeout: 60_000,
    unsupportedTransports: { web: webSkipReason(setup.server) },
    open: (transport, { alone } = {}) =>
      Promise.resolve(
        alone
          ? openEmptySandbox(transport, setup)
          : openSandbox(transport, setup),
      ),
  };
}

/** What no cluster has that others run, too. */
const MISSING: Backend["missingCapabilities"] = {
  "faults": "a real cluster does not fail on request",
  "kubelets": "a real cluster's nodes do not fail on request",
  "node faults": "a real cluster's nodes are not lost on request",
  "idle timeouts": "a real cluster's idle limit is 4 hours",
  "certificates": "a real cluster's authority signs none for a test",
  "local ports": "a pod of a real cluster does not have this machine's ports",
  "half-open ports": "containerd and CRI-O close a connection's both " +
    "directions a second after one has ended",
};

function webSkipReason(server: ServerOptions): string | undefined {
  const { insecureSkipTlsVerify, tlsServerName, proxy } = server;
  if (proxy !== undefined) return "the standard WebSocket takes no proxy";
  return insecureSkipTlsVerify || tlsServerName !== undefined
    ? "the standard WebSocket takes no TLS options"
    : undefined;
}

function openSandbox(transport: TransportKind, setup: ClusterSetup): Sandbox {
  const { namespace, context } = setup;
  const made: string[] = [];
  const unpooled = transport === "web" ? unpooledWeb() : null;
  return {
    namespace,
    clientOptions: (user = "admin") =>
      unpooled === null
        ? socketOptions(setup, user)
        : webOptions(setup, user, unpooled),
    certificate: () => Promise.resolve(null),
    kubeconfig: () => loadKubeconfig({ context }),
    podSpec: (options) => podSpec(setup.image, options),
    servePort: (pods, peer) =>
      Promise.resolve(servePodPort(pods, setup.image, peer, made)),
    async pod(pods, options) {
      if (options === undefined) return setup.idlePod;
      const name = await startPod(pods, setup.image, options);
      made.push(name);
      return name;
    },
    async close() {
      unpooled?.close();
      await removePods(made, socketOptions(setup, "admin"));
    },
  };
}

function openEmptySandbox(
  transport: TransportKind,
  setup: ClusterSetup,
): Sandbox {
  const namespace = setup.emptyNamespace;
  const sandbox = openSandbox(transport, { ...setup, namespace });
  return {
    ...sandbox,
    pod: (pods, options = {}) => startPod(pods, setup.image, options),
    async close() {
      await sandbox.close();
      await removeAllPods(socketOptions({ ...setup, namespace }, "admin"));
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

/** Ignores a pod that the case has already removed. */
async function removePod(pods: Api<typeof Pod>, name: string): Promise<void> {
  try {
    await pods.delete(name);
  } catch (error) {
    if (!(error instanceof ApiError && error.httpStatus === 404)) throw error;
  }
}

/** Leaves the namespace empty for the next case that requires it. */
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
