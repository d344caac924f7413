import {
  Api,
  type Client,
  type ClientOptions,
  createClient,
  Pod,
} from "../../mod.ts";
import type { ChannelProtocol } from "../../src/channel/subprotocols.ts";
import type { Cluster, ClusterOptions } from "../../src/testing/mod.ts";
import { clusterGround } from "../grounds/cluster.ts";
import { embeddedGround } from "../grounds/embedded.ts";
import type {
  Ground,
  Offer,
  PodOptions,
  Site,
  User,
  Way,
} from "../grounds/ground.ts";
import { upstreamGrounds } from "../grounds/upstream.ts";
import { whyUnfit } from "../grounds/why_unfit.ts";
import { test, type TestOptions, TIMEOUT } from "../harness.ts";
import { fullMatrix, rotated } from "./rotation.ts";

/** Everything from the server to the pod, for the time of one row. */
export interface Road {
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
  /** The namespace of `pods`. */
  readonly namespace: string;
  /** What sessions speak here: v4 cannot say the end of stdin. */
  readonly protocol: ChannelProtocol;
  /** How the kubelet's own refusals arrive here. */
  readonly refusals: Ground["refusals"];
  /** What megabytes of input are that a command leaves unread. */
  readonly unreadInput: Ground["unreadInput"];
  /** How many sessions at once are no burden here. */
  readonly crowd: number;
  /** Whether the transport sees HTTP answers, pauses, and takes TLS options. */
  readonly socket: boolean;
  /** How to reach the server, as the administrator unless said. */
  options(user?: User): ClientOptions;
  /** A client certificate, where the row needs them; null: nobody sees it. */
  certificate: Site["certificate"];
  /** The administrator's. */
  kubeconfig: Site["kubeconfig"];
  /** Makes a pod and waits until it runs; gives its name. */
  pod(options?: PodOptions): Promise<string>;
}

/** Where a row runs, and with what client. */
export interface RowOptions extends TestOptions {
  /** The transports that can do it; both unless said. */
  readonly ways?: readonly Way[];
  /** What sessions have to speak; anything unless said. */
  readonly protocol?: ChannelProtocol;
  /** What the ground has to offer. */
  readonly needs?: readonly Offer[];
  /** Whether no other pod may be in its namespace. */
  readonly alone?: boolean;
  readonly client?: ClientOptions;
}

/** A row that needs knobs of the embedded cluster, or a look inside. */
export interface EmbeddedRowOptions extends RowOptions {
  readonly cluster?: ClusterOptions;
}

const cluster = clusterGround();

/**
 * One row of the table: a behaviour, said once. It runs on the embedded cluster
 * over each transport, and on one combination of upstream server and transport,
 * another on each runtime; in CI on all of them. With `deno task test:cluster`
 * it runs on the real cluster alone.
 */
export function row(
  name: string,
  body: (road: Road) => Promise<void>,
  options: RowOptions = {},
): void {
  for (const place of placesOf(name, options)) {
    register(name, place, body, options);
  }
}

function placesOf(name: string, options: RowOptions): Place<Site>[] {
  if (cluster !== null) return clusterPlaces(cluster, options);
  const upstream = combine(upstreamGrounds(), options);
  return [
    ...combine([embeddedGround(options.protocol)], options),
    ...(fullMatrix ? upstream : rotated(name, upstream)),
  ];
}

/** A row that only the embedded cluster can have. */
export function embeddedRow(
  name: string,
  body: (road: Road, cluster: Cluster) => Promise<void>,
  options: EmbeddedRowOptions = {},
): void {
  if (cluster !== null) {
    const unfit = "only the embedded cluster can have it";
    for (const way of options.ways ?? WAYS) {
      register(name, { ground: cluster, way, unfit }, async () => {}, options);
    }
    return;
  }
  const ground = embeddedGround(options.protocol, options.cluster);
  for (const place of combine([ground], options)) {
    register(name, place, (road, site) => body(road, site.cluster), options);
  }
}

/** One of the combinations that a row may run on. */
interface Place<S extends Site> {
  readonly ground: Ground<S>;
  readonly way: Way;
  /** Why the row is skipped there, if it is. */
  readonly unfit?: string | undefined;
}

const WAYS: readonly Way[] = ["socket", "web"];

/** The places that can host a row: others are no part of the table. */
function combine<S extends Site>(
  grounds: readonly Ground<S>[],
  options: RowOptions,
): Place<S>[] {
  return grounds.flatMap((ground) =>
    (options.ways ?? WAYS)
      .filter((way) => whyUnfit(ground, way, options) === undefined)
      .map((way) => ({ ground, way }))
  );
}

/** A cluster is as it is: what it cannot host is counted as skipped. */
function clusterPlaces(ground: Ground, options: RowOptions): Place<Site>[] {
  return (options.ways ?? WAYS).map((way) => ({
    ground,
    way,
    unfit: whyUnfit(ground, way, options),
  }));
}

function register<S extends Site>(
  name: string,
  { ground, way, unfit }: Place<S>,
  body: (road: Road, site: S) => Promise<void>,
  options: RowOptions,
): void {
  test(`${name} [${ground.name}, ${way}]`, async () => {
    const site = await ground.open(way, options);
    try {
      await travel(site, ground, way, body, options.client);
    } finally {
      await site.close();
    }
  }, {
    ...options,
    skip: options.skip ?? unfit ?? ground.missing,
    crossCheck: options.crossCheck || unfit !== undefined,
    timeout: (options.timeout ?? TIMEOUT) + (ground.patience ?? 0),
  });
}

async function travel<S extends Site>(
  site: S,
  { protocol, refusals, unreadInput, crowd }: Ground<S>,
  way: Way,
  body: (road: Road, site: S) => Promise<void>,
  behaviour: ClientOptions = {},
): Promise<void> {
  const { namespace } = site;
  const client = await createClient({ ...site.clientOptions(), ...behaviour });
  try {
    const pods = new Api(Pod, { client, namespace });
    const road: Road = {
      client,
      pods,
      namespace,
      protocol,
      refusals,
      unreadInput,
      crowd,
      socket: way === "socket",
      options: (user) => site.clientOptions(user),
      certificate: (user) => site.certificate(user),
      kubeconfig: () => site.kubeconfig(),
      pod: (options) => site.pod(pods, options),
    };
    await body(road, site);
  } finally {
    await client.close();
  }
}
