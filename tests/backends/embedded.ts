import { webTransport } from "../../src/adapters/web/mod.ts";
import { type ChannelProtocol, V5 } from "../../src/channel/subprotocols.ts";
import { parseKubeconfig } from "../../src/config/mod.ts";
import {
  type Cluster,
  type ClusterOptions,
  type ResourceAttributes,
  startCluster,
} from "../../src/testing/mod.ts";
import { seesClientCertificates } from "../../src/testing/server/tls_listener.ts";
import { trustedAuthority, untrustedAuthority } from "../harness/authority.ts";
import { halfOpenPorts, LocalPorts } from "./local_ports.ts";
import { annotatedPodSpec, makeAnnotatedPod } from "./test_pod.ts";
import type { Backend, Sandbox, TransportKind, User } from "./backend.ts";

/** A sandbox with a cluster of its own, which the case may inspect. */
export interface EmbeddedSandbox extends Sandbox {
  readonly cluster: Cluster;
}

/** The cluster of `./testing`, a new one for each case. */
export function embeddedBackend(
  protocol: ChannelProtocol = V5,
  options: ClusterOptions = {},
): Backend<EmbeddedSandbox> {
  return {
    name: protocol === V5 ? "embedded" : "embedded v4",
    protocol,
    refusals: protocol === V5 ? "in band" : "plain",
    capabilities: [
      "faults",
      "users",
      "create check",
      "certificates",
      "controllers",
      "disruption budgets",
      "local ports",
      "ephemeral containers",
      ...halfOpenPorts,
    ],
    unreadInput: "dropped",
    // Client, server and terminals share one process.
    maxConcurrency: 20,
    open: (transport) => openSandbox(transport, protocol, options),
  };
}

async function openSandbox(
  transport: TransportKind,
  protocol: ChannelProtocol,
  options: ClusterOptions,
): Promise<EmbeddedSandbox> {
  // The standard WebSocket takes no authority, so use the one that is trusted.
  const certificateAuthority = transport === "web"
    ? await trustedAuthority()
    : await untrustedAuthority();
  const cluster = await startCluster({
    startupDelay: 0,
    protocols: protocol === V5 ? ["v5", "v4"] : ["v4"],
    users: [
      { name: "reader", token: "reader-token", allows: readerAllows },
      { name: "viewer", token: "viewer-token", allows: viewerAllows },
    ],
    ...options,
    certificateAuthority,
  });
  const ports = new LocalPorts();
  return {
    cluster,
    namespace: "default",
    clientOptions: (user = "admin") => clientOptions(cluster, transport, user),
    certificate: (user) => certificate(cluster, user),
    kubeconfig: () => Promise.resolve(parseKubeconfig(cluster.kubeconfig)),
    pod: makeAnnotatedPod,
    podSpec: annotatedPodSpec,
    servePort: ports.serve,
    async close() {
      await cluster.close();
      await ports.close();
    },
  };
}

function clientOptions(cluster: Cluster, transport: TransportKind, user: User) {
  const { certificateAuthority, ...options } = cluster.clientOptions();
  const token = user === "admin" ? options.token : `${user}-token`;
  return transport === "web"
    ? { ...options, token, transport: webTransport() }
    : { ...options, token, certificateAuthority };
}

async function certificate(cluster: Cluster, user: User) {
  if (!seesClientCertificates) return null;
  const name = user === "admin" ? "podwire-admin" : user;
  return await cluster.issueClientCertificate(name);
}

function readerAllows({ verb }: ResourceAttributes): boolean {
  return verb !== "create" && verb !== "delete";
}

function viewerAllows({ verb, resource }: ResourceAttributes): boolean {
  return ["get", "list", "watch"].includes(verb) && resource === "pods";
}
