import {
  Api,
  type Client,
  type ClientOptions,
  type Container,
  createClient,
  isRunning,
  Pod,
} from "../../mod.ts";
import { webTransport } from "../../src/adapters/web.ts";
import {
  type Cluster,
  type ClusterOptions,
  startCluster,
} from "../../src/testing/mod.ts";
import { trustedAuthority } from "../harness/authority.ts";
import { test, type TestOptions } from "../harness.ts";

/** Everything from the cluster to the pod, for the time of one test. */
export interface Road {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  /** Whether the transport sees HTTP answers, pauses, and takes TLS options. */
  readonly socket: boolean;
  /** Creates a pod and waits until it runs; gives its name. */
  pod(options?: PodOptions): Promise<string>;
}

/** What a test's pod is like; one idle container named main by default. */
export interface PodOptions {
  readonly annotations?: Record<string, string>;
  readonly container?: Partial<Container>;
  readonly containers?: Container[];
}

/** How the road of a test is built. */
export interface RoadOptions extends TestOptions {
  readonly cluster?: ClusterOptions;
  readonly client?: ClientOptions;
}

/**
 * Registers a test twice: over the socket transport of the runtime, and over
 * the standard WebSocket; both with real TLS.
 */
export function onBothRoads(
  name: string,
  body: (road: Road) => Promise<void>,
  options: RoadOptions = {},
): void {
  onSocket(name, body, options);
  test(`${name} [web]`, async () => {
    const certificateAuthority = await trustedAuthority();
    const cluster = await startCluster({
      startupDelay: 20,
      ...options.cluster,
      certificateAuthority,
    });
    const { server, token, namespace } = cluster.clientOptions();
    const client = { server, token, namespace, transport: webTransport() };
    await travel(cluster, { ...client, ...options.client }, false, body);
  }, options);
}

/** Registers a test over the socket transport of the runtime alone. */
export function onSocket(
  name: string,
  body: (road: Road) => Promise<void>,
  options: RoadOptions = {},
): void {
  test(`${name} [socket]`, async () => {
    const cluster = await startCluster({
      startupDelay: 20,
      ...options.cluster,
    });
    const client = cluster.clientOptions();
    await travel(cluster, { ...client, ...options.client }, true, body);
  }, options);
}

async function travel(
  cluster: Cluster,
  options: ClientOptions,
  socket: boolean,
  body: (road: Road) => Promise<void>,
): Promise<void> {
  try {
    const client = await createClient(options);
    try {
      const pods = new Api(Pod, { client, namespace: "default" });
      const pod = (options?: PodOptions) => createPod(pods, options);
      await body({ cluster, client, pods, socket, pod });
    } finally {
      await client.close();
    }
  } finally {
    await cluster.close();
  }
}

async function createPod(
  pods: Api<typeof Pod>,
  { annotations, container, containers }: PodOptions = {},
): Promise<string> {
  const main = { name: "main", image: "busybox", ...container };
  const pod = await pods.create({
    metadata: { generateName: "test-", annotations },
    spec: { containers: containers ?? [main] },
  });
  const { name } = pod.metadata;
  await pods.waitFor(name, isRunning, { timeout: 10_000 });
  return name;
}
