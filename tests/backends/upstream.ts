import process from "node:process";
import {
  Api,
  ApiError,
  type ClientOptions,
  createClient,
  Pod,
} from "../../mod.ts";
import { isModernBun } from "../../src/platform/runtime.ts";
import { webTransport } from "../../src/adapters/web/mod.ts";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { type Kubeconfig, parseKubeconfig } from "../../src/config/mod.ts";
import { trustedAuthority } from "../harness/authority.ts";
import { runtime } from "../harness/runtime.ts";
import { halfOpenPorts, LocalPorts } from "./local_ports.ts";
import { annotatedPodSpec, makeAnnotatedPod } from "./test_pod.ts";
import type { Backend, Sandbox, TransportKind, User } from "./backend.ts";
import { unpooledWeb } from "./unpooled_web.ts";

/** The line that the server of tests/backends/upstream/ prints when it is ready. */
export interface UpstreamServer {
  /** The version of the upstream code. */
  readonly kubernetes: string;
  /** The URLs of its three fronts, which share one table of pods. */
  readonly servers: Readonly<Record<Front, string>>;
  readonly tokens: Readonly<Record<User, string>>;
}

/**
 * The route of a session: translated at the API server, as since 1.30; proxied
 * to a kubelet that translates; or proxied to the runtime, as before 1.30.
 */
export type Front = "translated" | "raw" | "v4";

/** The server that the runner started, or why there is none. */
export function findUpstream(): UpstreamServer | string {
  const { PODWIRE_UPSTREAM, PODWIRE_UPSTREAM_MISSING } = process.env;
  if (PODWIRE_UPSTREAM !== undefined) return JSON.parse(PODWIRE_UPSTREAM);
  return PODWIRE_UPSTREAM_MISSING ?? "no upstream server was started";
}

/** The fronts of the upstream server, each a backend. */
export function upstreamBackends(): Backend[] {
  const found = findUpstream();
  return [
    backend("translated", "upstream v5 translated", found),
    backend("raw", "upstream v5 raw", found),
    backend("v4", "upstream v4", found),
  ];
}

/** The leak check cannot tell these sockets from ours. */
const unsupportedTransports = runtime !== "bun" || isModernBun() ? {} : {
  web: "Bun 1.3's own WebSocket and fetch keep sockets that a server closed",
};

function backend(
  front: Front,
  name: string,
  found: UpstreamServer | string,
): Backend {
  return {
    name,
    protocol: front === "v4" ? V4 : V5,
    refusals: front === "translated" ? "in band" : "plain",
    capabilities: [
      "faults",
      "users",
      "create check",
      "certificates",
      "disruption budgets",
      "ephemeral containers",
      "kubelets",
      "node faults",
      "idle timeouts",
      "local ports",
      ...halfOpenPorts,
    ],
    unreadInput: "blocking",
    maxConcurrency: 200,
    missing: typeof found === "string" ? found : undefined,
    unsupportedTransports: unsupportedTransports,
    open: (transport) => openSandbox(transport, front, found as UpstreamServer),
  };
}

/** All cases share the server, so each gets a namespace of its own. */
async function openSandbox(
  transport: TransportKind,
  front: Front,
  { servers, tokens }: UpstreamServer,
): Promise<Sandbox> {
  const namespace = `cases-${crypto.randomUUID()}`;
  const authority = await trustedAuthority();
  const unpooled = unpooledWeb();
  const reach = (user: User, transport: TransportKind): ClientOptions => ({
    server: servers[front],
    token: tokens[user],
    namespace,
    ...(transport === "web"
      ? { transport: webTransport(unpooled) }
      : { certificateAuthority: authority.certificate }),
  });
  const ports = new LocalPorts();
  return {
    namespace,
    clientOptions: (user = "admin") => reach(user, transport),
    certificate: (user) => authority.issueClient({ user }),
    kubeconfig: () => Promise.resolve(kubeconfigOf(reach("admin", "socket"))),
    pod: makeAnnotatedPod,
    podSpec: annotatedPodSpec,
    servePort: ports.serve,
    async close() {
      await ports.close();
      await removePods(reach("admin", "socket"));
      unpooled.close();
    },
  };
}

function kubeconfigOf(options: ClientOptions): Kubeconfig {
  const { server, token, namespace, certificateAuthority = "" } = options;
  const authority = {
    "certificate-authority-data": btoa(certificateAuthority),
  };
  return parseKubeconfig(JSON.stringify({
    "current-context": "upstream",
    clusters: [{ name: "it", cluster: { server, ...authority } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [
      {
        name: "upstream",
        context: { cluster: "it", user: "admin", namespace },
      },
    ],
  }));
}

async function removePods(options: ClientOptions): Promise<void> {
  const client = await createClient(options);
  try {
    const pods = new Api(Pod, { client });
    const { items } = await pods.list();
    await Promise.all(items.map(async ({ metadata }) => {
      try {
        await pods.delete(metadata.name, { gracePeriodSeconds: 0 });
      } catch (error) {
        // One that was being deleted already may be gone by now.
        if (!(error instanceof ApiError && error.httpStatus === 404)) {
          throw error;
        }
      }
    }));
  } finally {
    await client.close();
  }
}
