import type { Api, ClientOptions, Container, Pod, PodSpec } from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Kubeconfig } from "../../src/config/mod.ts";
import type { PemPair, SessionFault } from "../../src/testing/mod.ts";

/** The transport of the runtime, or the one over the standard `WebSocket`. */
export type TransportKind = "socket" | "web";

/**
 * Who asks: `admin` may do everything, `reader` may get everything and create
 * nothing, `viewer` may get and list pods and nothing more.
 */
export type User = "admin" | "reader" | "viewer";

/** What some backends have and others have not. */
export type Capability =
  /** Pods whose sessions go wrong as their `fault` says. */
  | "faults"
  /** Users besides the administrator. */
  | "users"
  /** An upgrade asks for the right to create too, as since 1.35. */
  | "create check"
  /** Client certificates for its users. */
  | "certificates"
  /** Nodes whose `kubelet` is not well. */
  | "kubelets"
  /** Nodes that are lost as a pod's `nodeFault` says. */
  | "node faults"
  /** An idle limit for a pod's sessions: `idleTimeout`. */
  | "idle timeouts";

/** Where rows run: some server that answers as a Kubernetes API server does. */
export interface Backend<S extends Sandbox = Sandbox> {
  /** As in the names of the tests: `upstream v5 translated`. */
  readonly name: string;
  /** What is agreed on where v5 and v4 are offered. */
  readonly protocol: ChannelProtocol;
  /**
   * How the kubelet's own refusals arrive: in band behind a translating API
   * server, else as the plain HTTP answer to the upgrade.
   */
  readonly refusals: "in band" | "plain";
  /** What it has besides pods and sessions. */
  readonly capabilities: readonly Capability[];
  /**
   * What megabytes of input are that a command leaves unread. In the way of the
   * output and the status they are where containerd waits for them to be read,
   * for ever, and where the server's hops reset each other: a proxy then loses
   * the end, and the API server's translator makes a success of it.
   */
  readonly unreadInput: "dropped" | "blocking";
  /** How many sessions at once it takes without ado. */
  readonly maxConcurrency: number;
  /** Why it is not there; undefined when it is. */
  readonly missing?: string | undefined;
  /** The ways that lead nowhere here, and why. */
  readonly unsupportedTransports?: Readonly<
    Partial<Record<TransportKind, string>>
  >;
  /** Milliseconds that a row may take longer than on a server at hand. */
  readonly extraTimeout?: number;
  /** Prepares a place on it for one row. */
  open(way: TransportKind, wishes?: SandboxOptions): Promise<S>;
}

/** What a row asks of its place. */
export interface SandboxOptions {
  /** No pod in its namespace but those that it makes. */
  readonly alone?: boolean;
}

/** A place on a backend where one row may do as it likes. */
export interface Sandbox {
  /** The row's namespace. */
  readonly namespace: string;
  /** How to reach the server, as the administrator unless said. */
  clientOptions(user?: User): ClientOptions;
  /**
   * A client certificate for a user; null where the server cannot see one.
   * Only where the backend offers `certificates`.
   */
  certificate(user: User): Promise<PemPair | null>;
  /** The administrator's. */
  kubeconfig(): Promise<Kubeconfig>;
  /** Makes a pod and waits until it is as asked; gives its name. */
  pod(pods: Api<typeof Pod>, options?: PodOptions): Promise<string>;
  /** Leaves nothing of the row behind. */
  close(): Promise<void>;
}

/** What a row's pod is to be like; one idle container named main unless said. */
export interface PodOptions {
  /** What main is like. */
  readonly container?: Partial<Container>;
  /** All containers, in place of main. */
  readonly containers?: readonly (Partial<Container> & { name: string })[];
  /** The rest of its spec. */
  readonly spec?: Partial<PodSpec>;
  /** How its sessions go wrong, where the backend offers `faults`. */
  readonly fault?: SessionFault;
  /** What its node does not do, where the backend offers `kubelets`. */
  readonly kubelet?: "forgetful" | "unreachable";
  /** How its node is lost, where the backend has `node faults`. */
  readonly nodeFault?: NodeFault;
  /**
   * Milliseconds after which the server drops an idle session, where the
   * backend has `idle timeouts`. Defaults to the servers' 4 hours.
   */
  readonly idleTimeout?: number;
  /** No node ever takes it; then `until` is not asked. */
  readonly unschedulable?: boolean;
  /** What to wait for; that it runs, or did, unless said. */
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
