import {
  Api,
  type Client,
  createClient,
  Namespace,
  Pod,
  ServiceAccount,
} from "../../mod.ts";
import { type Kubeconfig, loadKubeconfig } from "../../src/config/mod.ts";
import {
  type ClusterPlace,
  type ServerOptions,
  startPod,
} from "../grounds/cluster.ts";
import type { Offer, PodOptions } from "../grounds/ground.ts";
import { asksForCreate, protocolOf, refusalsOf, versionsOf } from "./probe.ts";
import type { ClusterSettings } from "./settings.ts";
import { isRestrained, makeUsers } from "./users.ts";

const REMOVAL_TIMEOUT = 180_000;

/** What a run on a cluster has besides the place itself. */
export interface FoundCluster extends ClusterPlace {
  /** For people: what it was that the rows ran on. */
  readonly versions: string;
}

/**
 * Makes a namespace on the cluster and all that rows need in it, runs `body`,
 * and removes the namespace, however that went.
 *
 * @param signal Ends the preparations.
 */
export async function withPlace<T>(
  settings: ClusterSettings,
  signal: AbortSignal,
  body: (place: FoundCluster) => Promise<T>,
): Promise<T> {
  const kubeconfig = await loadKubeconfig({ context: settings.context });
  const client = await createClient({ kubeconfig, timeout: 60_000 });
  try {
    const namespaces = new Api(Namespace, { client });
    const { metadata } = await namespaces.create({
      metadata: { generateName: "podwire-test-" },
    }, { signal });
    try {
      return await body(
        await prepare(client, kubeconfig, metadata.name, settings, signal),
      );
    } finally {
      await remove(namespaces, metadata.name);
    }
  } finally {
    await client.close();
  }
}

async function prepare(
  client: Client,
  kubeconfig: Kubeconfig,
  namespace: string,
  { image }: ClusterSettings,
  signal: AbortSignal,
): Promise<FoundCluster> {
  // Pods are refused until it is there.
  await new Api(ServiceAccount, { client, namespace })
    .waitFor("default", (account) => account !== undefined, { signal });
  const pods = new Api(Pod, { client, namespace });
  const [idlePod, endedPod, tokens] = await Promise.all([
    startPod(pods, image, {}, signal),
    startPod(pods, image, WITH_ENDED, signal),
    makeUsers(client, namespace),
  ]);
  const server = await serverOptions(kubeconfig);
  const restrained = await Promise.all(
    [tokens.reader, tokens.viewer].map((token) =>
      isRestrained(server, namespace, token)
    ),
  );
  await isRestrained(server, namespace, tokens.admin);
  const offers: Offer[] = [];
  if (restrained.every(Boolean)) {
    offers.push("users");
    const reader = { ...server, namespace, token: tokens.reader };
    if (await asksForCreate(reader, idlePod)) offers.push("create check");
  }
  return {
    context: kubeconfig.currentContext ?? "",
    namespace,
    server,
    tokens,
    image,
    idlePod,
    protocol: await protocolOf(pods, idlePod),
    refusals: await refusalsOf(pods, endedPod),
    offers,
    versions: await versionsOf(client, await pods.get(idlePod)),
  };
}

/** A pod whose second container has ended: the kubelet refuses it. */
const WITH_ENDED: PodOptions = {
  containers: [{ name: "main" }, { name: "ended", command: ["true"] }],
  spec: { restartPolicy: "Never" },
  until: (pod) =>
    pod?.status?.containerStatuses?.some(({ state }) => state?.terminated) ??
      false,
};

async function serverOptions(kubeconfig: Kubeconfig): Promise<ServerOptions> {
  const { server, tls, proxy } = await kubeconfig.resolve();
  return {
    server: server.href,
    certificateAuthority: tls.certificateAuthority,
    insecureSkipTlsVerify: tls.insecureSkipTlsVerify,
    tlsServerName: tls.serverName,
    proxy: proxy?.href,
  };
}

async function remove(
  namespaces: Api<typeof Namespace>,
  name: string,
): Promise<void> {
  console.log(`Removing the namespace ${name}`);
  await namespaces.delete(name);
  await namespaces.waitFor(name, (namespace) => namespace === undefined, {
    timeout: REMOVAL_TIMEOUT,
  });
}
