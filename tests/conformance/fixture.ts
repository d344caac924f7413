import {
  Api,
  type Client,
  type ClientOptions,
  createClient,
  Pod,
} from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Cluster, ClusterOptions } from "../../src/testing/mod.ts";
import { clusterBackend } from "../backends/cluster.ts";
import { embeddedBackend } from "../backends/embedded.ts";
import type {
  Backend,
  Capability,
  PodOptions,
  Sandbox,
  TransportKind,
  User,
} from "../backends/backend.ts";
import { upstreamBackends } from "../backends/upstream.ts";
import { skipReason } from "../backends/skip_reason.ts";
import { test, type TestOptions, TIMEOUT } from "../harness.ts";
import { fullMatrix, rotated } from "./rotation.ts";

/** Everything from the server to the pod, for the time of one row. */
export interface Fixture {
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  /** The namespace of `pods`. */
  readonly namespace: string;
  /** What sessions speak here: v4 cannot say the end of stdin. */
  readonly protocol: ChannelProtocol;
  /** How the kubelet's own refusals arrive here. */
  readonly refusals: Backend["refusals"];
  /** What megabytes of input are that a command leaves unread. */
  readonly unreadInput: Backend["unreadInput"];
  /** How many sessions at once are no burden here. */
  readonly maxConcurrency: number;
  /** Whether the transport sees HTTP answers, pauses, and takes TLS options. */
  readonly socket: boolean;
  /** How to reach the server, as the administrator unless said. */
  options(user?: User): ClientOptions;
  /** A client certificate, where the row needs them; null: nobody sees it. */
  certificate: Sandbox["certificate"];
  /** The administrator's. */
  kubeconfig: Sandbox["kubeconfig"];
  /** Makes a pod and waits until it runs; gives its name. */
  pod(options?: PodOptions): Promise<string>;
}

/** Where a row runs, and with what client. */
export interface CaseOptions extends TestOptions {
  /** The transports that can do it; both unless said. */
  readonly transports?: readonly TransportKind[];
  /** What sessions have to speak; anything unless said. */
  readonly protocol?: ChannelProtocol;
  /** What the backend has to offer. */
  readonly needs?: readonly Capability[];
  /** Whether no other pod may be in its namespace. */
  readonly alone?: boolean;
  readonly client?: ClientOptions;
}

/** A row that needs knobs of the embedded cluster, or a look inside. */
export interface EmbeddedCaseOptions extends CaseOptions {
  readonly cluster?: ClusterOptions;
}

const cluster = clusterBackend();

/**
 * One row of the table: a behaviour, said once. It runs on the embedded cluster
 * over each transport, and on one combination of upstream server and transport,
 * another on each runtime; in CI on all of them. With `deno task test:cluster`
 * it runs on the real cluster alone.
 */
export function testCase(
  name: string,
  body: (fixture: Fixture) => Promise<void>,
  options: CaseOptions = {},
): void {
  for (const place of combinationsFor(name, options)) {
    register(name, place, body, options);
  }
}

function combinationsFor(
  name: string,
  options: CaseOptions,
): Combination<Sandbox>[] {
  if (cluster !== null) return clusterCombinations(cluster, options);
  const upstream = supportedCombinations(upstreamBackends(), options);
  return [
    ...supportedCombinations([embeddedBackend(options.protocol)], options),
    ...(fullMatrix ? upstream : rotated(name, upstream)),
  ];
}

/** A row that only the embedded cluster can have. */
export function embeddedCase(
  name: string,
  body: (fixture: Fixture, cluster: Cluster) => Promise<void>,
  options: EmbeddedCaseOptions = {},
): void {
  if (cluster !== null) {
    const unfit = "only the embedded cluster can have it";
    for (const transport of options.transports ?? TRANSPORTS) {
      register(
        name,
        { backend: cluster, transport, unfit },
        async () => {},
        options,
      );
    }
    return;
  }
  const backend = embeddedBackend(options.protocol, options.cluster);
  for (const place of supportedCombinations([backend], options)) {
    register(
      name,
      place,
      (fixture, sandbox) => body(fixture, sandbox.cluster),
      options,
    );
  }
}

/** One of the combinations that a row may run on. */
interface Combination<S extends Sandbox> {
  readonly backend: Backend<S>;
  readonly transport: TransportKind;
  /** Why the row is skipped there, if it is. */
  readonly unfit?: string | undefined;
}

const TRANSPORTS: readonly TransportKind[] = ["socket", "web"];

/** The places that can host a row: others are no part of the table. */
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

/** A cluster is as it is: what it cannot host is counted as skipped. */
function clusterCombinations(
  backend: Backend,
  options: CaseOptions,
): Combination<Sandbox>[] {
  return (options.transports ?? TRANSPORTS).map((transport) => ({
    backend,
    transport,
    unfit: skipReason(backend, transport, options),
  }));
}

function register<S extends Sandbox>(
  name: string,
  { backend, transport, unfit }: Combination<S>,
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
    skip: options.skip ?? unfit ?? backend.missing,
    crossCheck: options.crossCheck || unfit !== undefined,
    timeout: (options.timeout ?? TIMEOUT) + (backend.extraTimeout ?? 0),
  });
}

async function runCase<S extends Sandbox>(
  sandbox: S,
  { protocol, refusals, unreadInput, maxConcurrency: crowd }: Backend<S>,
  transport: TransportKind,
  body: (fixture: Fixture, sandbox: S) => Promise<void>,
  behaviour: ClientOptions = {},
): Promise<void> {
  const { namespace } = sandbox;
  const client = await createClient({
    ...sandbox.clientOptions(),
    ...behaviour,
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
      maxConcurrency: crowd,
      socket: transport === "socket",
      options: (user) => sandbox.clientOptions(user),
      certificate: (user) => sandbox.certificate(user),
      kubeconfig: () => sandbox.kubeconfig(),
      pod: (options) => sandbox.pod(pods, options),
    };
    await body(fixture, sandbox);
  } finally {
    await client.close();
  }
}
