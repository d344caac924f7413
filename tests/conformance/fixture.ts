import {
  Api,
  type Client,
  type ClientOptions,
  createClient,
  Pod,
} from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Cluster, ClusterOptions } from "../../src/testing/mod.ts";
import type {
  Backend,
  Capability,
  PodOptions,
  Sandbox,
  TransportKind,
  User,
} from "../backends/backend.ts";
import type { PortPeer, ServedPort } from "../backends/port_peer.ts";
import { clusterBackend } from "../backends/cluster.ts";
import { embeddedBackend } from "../backends/embedded.ts";
import { upstreamBackends } from "../backends/upstream.ts";
import { test, type TestOptions, TIMEOUT } from "../harness.ts";
import {
  fullMatrix,
  oneTransport,
  rotated,
  shared,
  takesEmbedded,
} from "../harness/rotation.ts";

/** What one test case gets: a client, a server behind it, and pods. */
export interface Fixture {
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  /** The namespace of `pods`. */
  readonly namespace: string;
  /** The best protocol of the server: that of a stdin without a tty. */
  readonly protocol: ChannelProtocol;
  /** How errors of the kubelet arrive over the best protocol. */
  readonly refusals: Backend["refusals"];
  /** What happens to megabytes of stdin that the command does not read. */
  readonly unreadInput: Backend["unreadInput"];
  /** How many concurrent sessions the server handles easily. */
  readonly maxConcurrency: number;
  /** Whether this is the socket transport: it sees refusals, pauses, and takes TLS options. */
  readonly socket: boolean;
  /** Options to reach the server. The user defaults to `admin`. */
  options(user?: User): ClientOptions;
  /** A client certificate; null when the server cannot see one. */
  certificate: Sandbox["certificate"];
  /** The kubeconfig of `admin`. */
  kubeconfig: Sandbox["kubeconfig"];
  /** Creates a pod, waits until it runs, and returns its name. */
  pod(options?: PodOptions): Promise<string>;
  /** The spec of such a pod, for the template of a workload. */
  podSpec: Sandbox["podSpec"];
  /** Makes a port whose connections a peer answers, and which pods may have. */
  servePort(peer: PortPeer): Promise<ServedPort>;
}

/** Where a test case runs, and with which client options. */
export interface CaseOptions extends TestOptions {
  /** The transports to run on. Defaults to both. */
  readonly transports?: readonly TransportKind[];
  /** The best protocol that the server must have. Defaults to any. */
  readonly protocol?: ChannelProtocol;
  /** The capabilities that the backend must have. */
  readonly needs?: readonly Capability[];
  /** Whether the namespace must contain no other pods. */
  readonly alone?: boolean;
  readonly client?: ClientOptions;
}

/** Options of a case that configures or inspects the embedded cluster. */
export interface EmbeddedCaseOptions extends CaseOptions {
  readonly cluster?: ClusterOptions;
}

const cluster = clusterBackend();

/**
 * Registers one test case. It runs on the embedded cluster over each transport,
 * and on one combination of upstream server and transport, a different one on
 * each runtime; in CI, on all combinations. Where runtimes share the work, it runs
 * on one of the two, so that Deno, Bun and Node have both between them.
 * With `deno task test:cluster` it runs only on the real cluster.
 */
export function testCase(
  name: string,
  body: (fixture: Fixture) => Promise<void>,
  options: CaseOptions = {},
): void {
  for (const combination of combinationsFor(name, options)) {
    register(name, combination, body, options);
  }
}

function combinationsFor(
  name: string,
  options: CaseOptions,
): Combination<Sandbox>[] {
  if (cluster !== null) return clusterCombinations(cluster, options);
  const upstream = upstreamCombinations(options);
  const embedded = embeddedCombinations(
    name,
    embeddedBackend(options.protocol),
    options,
  );
  const one = fullMatrix ? upstream : rotated(name, upstream);
  const hasBoth = embedded.length > 0 && one.length > 0 &&
    one.every(({ backend }) => backend.missing === undefined);
  if (!shared || !hasBoth) return [...embedded, ...one];
  return takesEmbedded(name) ? embedded : one;
}

/** Registers a test case that only the embedded cluster supports. */
export function embeddedCase(
  name: string,
  body: (fixture: Fixture, cluster: Cluster) => Promise<void>,
  options: EmbeddedCaseOptions = {},
): void {
  if (cluster !== null) {
    const skip = "only the embedded cluster supports it";
    for (const transport of options.transports ?? TRANSPORTS) {
      register(
        name,
        { backend: cluster, transport, skip },
        async () => {},
        options,
      );
    }
    return;
  }
  const backend = embeddedBackend(options.protocol, options.cluster);
  for (const combination of embeddedCombinations(name, backend, options)) {
    register(
      name,
      combination,
      (fixture, sandbox) => body(fixture, sandbox.cluster),
      options,
    );
  }
}

/** A backend and a transport to run on. */
interface Combination<S extends Sandbox> {
  readonly backend: Backend<S>;
  readonly transport: TransportKind;
  /** Why the case is skipped there, if it is. */
  readonly skip?: string | undefined;
}

const TRANSPORTS: readonly TransportKind[] = ["socket", "web"];

/** The combinations that support a case; it is not registered for others. */
function supportedCombinations<S extends Sandbox>(
  backends: readonly Backend<S>[],
  options: CaseOptions,
): Combination<S>[] {
  return backends.flatMap((backend) =>
    (options.transports ?? TRANSPORTS)
      .filter((transport) =>
        skipReason(backend, transport, options) === undefined
      )
      .map((transport) => ({ backend, transport }))
  );
}

function upstreamCombinations(options: CaseOptions): Combination<Sandbox>[] {
  const all = supportedCombinations(upstreamBackends(), options);
  if (!shared || all.length !== ALTERNATING.length) return all;
  return ALTERNATING.map((index) => all[index]!);
}

/**
 * An order of three backends over two transports of which three in a row have
 * every backend, and two in a row both transports.
 */
const ALTERNATING = [0, 3, 4, 1, 2, 5];

function embeddedCombinations<S extends Sandbox>(
  name: string,
  backend: Backend<S>,
  options: CaseOptions,
): Combination<S>[] {
  const supported = supportedCombinations([backend], options);
  return oneTransport ? rotated(name, supported) : supported;
}

/** On a real cluster, an unsupported case counts as skipped. */
function clusterCombinations(
  backend: Backend,
  options: CaseOptions,
): Combination<Sandbox>[] {
  return (options.transports ?? TRANSPORTS).map((transport) => ({
    backend,
    transport,
    skip: skipReason(backend, transport, options),
  }));
}

function register<S extends Sandbox>(
  name: string,
  { backend, transport, skip }: Combination<S>,
  body: (fixture: Fixture, sandbox: S) => Promise<void>,
  options: CaseOptions,
): void {
  test(`${name} [${backend.name}, ${transport}]`, async () => {
    const sandbox = await backend.open(transport, options);
    try {
      await runCase(sandbox, backend, transport, body, options.client);
    } finally {
      await sandbox.close();
    }
  }, {
    ...options,
    skip: options.skip ?? skip ?? backend.missing,
    crossCheck: options.crossCheck || skip !== undefined,
    timeout: (options.timeout ?? TIMEOUT) + (backend.extraTimeout ?? 0),
  });
}

async function runCase<S extends Sandbox>(
  sandbox: S,
  { protocol, refusals, unreadInput, maxConcurrency }: Backend<S>,
  transport: TransportKind,
  body: (fixture: Fixture, sandbox: S) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  const { namespace } = sandbox;
  const client = await createClient({
    ...sandbox.clientOptions(),
    ...options,
  });
  try {
    const pods = new Api(Pod, { client, namespace });
    const fixture: Fixture = {
      client,
      pods,
      namespace,
      protocol,
      refusals,
      unreadInput,
      maxConcurrency,
      socket: transport === "socket",
      options: (user) => sandbox.clientOptions(user),
      certificate: (user) => sandbox.certificate(user),
      kubeconfig: () => sandbox.kubeconfig(),
      pod: (options) => sandbox.pod(pods, options),
      podSpec: (options) => sandbox.podSpec(options),
      servePort: (peer) => sandbox.servePort(pods, peer),
    };
    await body(fixture, sandbox);
  } finally {
    await client.close();
  }
}

/** What a test case requires of a backend. */
interface CaseRequirements {
  readonly protocol?: ChannelProtocol;
  readonly needs?: readonly Capability[];
}

/** Why a test case cannot run on a backend; undefined when it can. */
function skipReason(
  backend: Backend<Sandbox>,
  transport: TransportKind,
  { protocol = backend.protocol, needs = [] }: CaseRequirements,
): string | undefined {
  if (backend.protocol !== protocol) {
    return `the server speaks ${backend.protocol}`;
  }
  const missing = needs.find((need) => !backend.capabilities.includes(need));
  return missing === undefined
    ? backend.unsupportedTransports?.[transport]
    : backend.missingCapabilities?.[missing] ??
      `the backend has no ${missing}`;
}
