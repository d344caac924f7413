import type { Api, ClientOptions, Container, Pod, PodSpec } from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Kubeconfig } from "../../src/config/mod.ts";
import type { PemPair, SessionFault } from "../../src/testing/mod.ts";
import type { ServePort } from "./port_peer.ts";

/** The runtime's socket transport, or the transport over the standard `WebSocket`. */
export type TransportKind = "socket" | "web";

/**
 * A user of the cluster: `admin` may do everything; `reader` may get everything
 * but create nothing; `viewer` may only get and list pods.
 */
export type User = "admin" | "reader" | "viewer";

/** An optional feature of a backend. */
export type Capability =
  /** Pods whose sessions fail as their `fault` specifies. */
  | "faults"
  /** Users besides the administrator. */
  | "users"
  /** An upgrade also requires the right to create, as since Kubernetes 1.35. */
  | "create check"
  /** Client certificates for the users. */
  | "certificates"
  /** Nodes with a faulty `kubelet`. */
  | "kubelets"
  /** Nodes that are lost as a pod's `nodeFault` specifies. */
  | "node faults"
  /** Controllers, which make the pods of Deployments, Jobs and so on. */
  | "controllers"
  /** Deployments with a scale, and disruption budgets for their pods. */
  | "disruption budgets"
  /** An idle limit for a pod's sessions: `idleTimeout`. */
  | "idle timeouts"
  /** The ports of a pod are those of this machine. */
  | "local ports"
  /** Containers can be added to a pod that runs: `pods.debug`. */
  | "ephemeral containers"
  /**
   * A pod's port can be half-closed, and reset: sockets of Bun 1.3 lose bytes
   * instead, as peers.
   */
  | "half-open ports";

/** A server that test cases run against: it answers as a Kubernetes API server does. */
export interface Backend<S extends Sandbox = Sandbox> {
  /** As shown in test names, for example `upstream v5 translated`. */
  readonly name: string;
  /** The protocol that the server chooses when offered v5 and v4. */
  readonly protocol: ChannelProtocol;
  /**
   * How errors of the kubelet arrive: as a status frame when the API server
   * translates the stream, else as the plain HTTP response to the upgrade.
   */
  readonly refusals: "in band" | "plain";
  /** Features besides pods and sessions. */
  readonly capabilities: readonly Capability[];
  /** Why there are no others. */
  readonly missingCapabilities?: Readonly<Partial<Record<Capability, string>>>;
  /**
   * What happens to stdin that the command does not read. Megabytes block the
   * output and the status where containerd waits for them for ever. Even a byte
   * that comes after the end can lose them where the server has several hops, see
   * `endsWithUnreadStdin` in tests/conformance/stdin_outcomes.ts.
   */
  readonly unreadInput: "dropped" | "blocking";
  /** How many concurrent sessions the server handles easily. */
  readonly maxConcurrency: number;
  /** Why the backend is not available; undefined when it is. */
  readonly missing?: string | undefined;
  /** The transports that do not work here, with the reasons. */
  readonly unsupportedTransports?: Readonly<
    Partial<Record<TransportKind, string>>
  >;
  /** Extra milliseconds per test case, for a server that is not local. */
  readonly extraTimeout?: number;
  /** Prepares a sandbox for one test case. */
  open(way: TransportKind, options?: SandboxOptions): Promise<S>;
}

/** What a test case requires of its sandbox. */
export interface SandboxOptions {
  /** The namespace contains no pods but those of this case. */
  readonly alone?: boolean;
}

/** One test case's part of a backend. */
export interface Sandbox {
  /** The case's namespace. */
  readonly namespace: string;
  /** Options to reach the server. The user defaults to `admin`. */
  clientOptions(user?: User): ClientOptions;
  /**
   * A client certificate for a user; null when the server cannot see one.
   * Requires the capability `certificates`.
   */
  certificate(user: User): Promise<PemPair | null>;
  /** The kubeconfig of `admin`. */
  kubeconfig(): Promise<Kubeconfig>;
  /** Creates a pod, waits until it is ready, and returns its name. */
  pod(pods: Api<typeof Pod>, options?: PodOptions): Promise<string>;
  /** The spec of such a pod, for the template of a workload. */
  podSpec(options?: PodOptions): PodSpec;
  /** Makes a port whose connections a peer answers. */
  servePort: ServePort;
  /** Removes everything that the case created, workloads aside. */
  close(): Promise<void>;
}

/** The pod of a test case. Defaults to one idle container named `main`. */
export interface PodOptions {
  /** Fields of the container `main`. */
  readonly container?: Partial<Container>;
  /** All containers, instead of `main`. */
  readonly containers?: readonly (Partial<Container> & { name: string })[];
  /** The pod's labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further fields of the pod's spec. */
  readonly spec?: Partial<PodSpec>;
  /** How its sessions fail. Requires the capability `faults`. */
  readonly fault?: SessionFault;
  /** The fault of its node. Requires the capability `kubelets`. */
  readonly kubelet?: "forgetful" | "unreachable";
  /** How its node is lost, where the backend has `node faults`. */
  readonly nodeFault?: NodeFault;
  /**
   * Milliseconds after which the server drops an idle session, where the
   * backend has `idle timeouts`. Defaults to the servers' 4 hours.
   */
  readonly idleTimeout?: number;
  /**
   * The pod's forwarded connections can be half-closed. containerd and CRI-O
   * end them in both directions a second after one of them has ended, as the
   * upstream server does by default.
   */
  readonly halfCloses?: boolean;
  /** The pod is never scheduled; `until` is ignored. */
  readonly unschedulable?: boolean;
  /** What to wait for. Defaults to a pod that runs or has ended. */
  readonly until?: (pod: Pod | undefined) => boolean;
}

/**
 * How a pod's node is lost: one connection behind the API server is cut, for
 * logs, exec, attach and port-forward alike. Needs `after` or `afterOutput`.
 */
export interface NodeFault {
  /**
   * The connection from the API server to the kubelet, or from the kubelet to
   * the container runtime, which logs do not use. Defaults to `kubelet`.
   */
  readonly connection?: "kubelet" | "runtime";
  /** Cuts it so many milliseconds after it was opened. */
  readonly after?: number;
  /** Cuts it once exactly so many bytes of output have passed. */
  readonly afterOutput?: number;
  /**
   * Ends it by FIN or RST on both sides; `stall` leaves it open, but nothing
   * passes any more. Defaults to `FIN`.
   */
  readonly how?: "FIN" | "RST" | "stall";
  /** Refuses new connections for so many milliseconds after the cut. */
  readonly down?: number;
  /** How many connections are cut. Defaults to all. */
  readonly times?: number;
}
