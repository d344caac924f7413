import {
  type Cluster,
  type ClusterOptions,
  startCluster,
} from "../../../src/testing/mod.ts";
import { RawClient, type RawRequest } from "./raw_client.ts";

/** Runs `body` against a cluster without TLS, and closes it. */
export async function withCluster(
  options: ClusterOptions,
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({
    tls: false,
    startupDelay: 10,
    ...options,
  });
  try {
    await body(cluster);
  } finally {
    await cluster.close();
  }
}

/** A response with a JSON body. */
export interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** Sends an HTTP request as the administrator, or with the credentials in `headers`. */
export async function call(
  cluster: Cluster,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(cluster.server + path, {
    method,
    headers: { authorization: `Bearer ${cluster.token}`, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    json: text === "" ? null : JSON.parse(text),
  };
}

export const PODS = "/api/v1/namespaces/default/pods";

/** A test's pod; by default one idle container named main. */
export interface PodShape {
  readonly annotations?: Record<string, string>;
  readonly container?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
}

/** Creates a pod. */
export function createPod(
  cluster: Cluster,
  name: string,
  { annotations, container, spec }: PodShape = {},
): Promise<Answer> {
  const main = { name: "main", image: "busybox", ...container };
  return call(cluster, "POST", PODS, {
    metadata: { name, annotations },
    spec: { containers: [main], ...spec },
  });
}

/** Creates a pod and waits until it runs. */
export async function runPod(
  cluster: Cluster,
  name: string,
  shape?: PodShape,
): Promise<void> {
  await createPod(cluster, name, shape);
  await untilPhase(cluster, name, "Running");
}

/** Waits until a pod is in a phase. */
export async function untilPhase(
  cluster: Cluster,
  name: string,
  phase: string,
): Promise<void> {
  for (;;) {
    const { json } = await call(cluster, "GET", `${PODS}/${name}`);
    if (json.status.phase === phase) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Opens an exec session: the flags are those of kubectl, `i` and `t`. */
export function exec(
  cluster: Cluster,
  pod: string,
  command: readonly string[],
  flags: "" | "i" | "it" | "t" = "",
  request: Partial<RawRequest> = {},
): RawClient {
  return new RawClient(cluster, {
    path: `${PODS}/${pod}/exec`,
    query: [
      ...command.map((word): [string, string] => ["command", word]),
      ["stdin", String(flags.includes("i"))],
      ["stdout", "true"],
      ["stderr", String(!flags.includes("t"))],
      ["tty", String(flags.includes("t"))],
    ],
    ...request,
  });
}

/** Attaches to a pod's main process. */
export function attach(
  cluster: Cluster,
  pod: string,
  stdin = true,
  tty = false,
  request: Partial<RawRequest> = {},
): RawClient {
  return new RawClient(cluster, {
    path: `${PODS}/${pod}/attach`,
    query: [
      ["stdin", String(stdin)],
      ["stdout", "true"],
      ["stderr", String(!tty)],
      ["tty", String(tty)],
    ],
    ...request,
  });
}

/** Opens a port-forward over v4 channels. */
export function forward(
  cluster: Cluster,
  pod: string,
  ports: readonly (string | number)[],
  request: Partial<RawRequest> = {},
): RawClient {
  return new RawClient(cluster, {
    path: `${PODS}/${pod}/portforward`,
    query: ports.map((port) => ["ports", String(port)]),
    protocols: ["v4.channel.k8s.io"],
    ...request,
  });
}
