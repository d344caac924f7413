import { Api, type Client, createClient, Pod } from "../../../mod.ts";
import { type Kubeconfig, loadKubeconfig } from "../../../src/config/mod.ts";
import type { ClusterPlace, ServerOptions } from "../cluster.ts";
import { type ImageOptions, startPod } from "../cluster_pod.ts";
import type { Capability, PodOptions } from "../backend.ts";
import { asksForCreate, protocolOf, refusalsOf, versionsOf } from "./probe.ts";
import { withNamespace } from "./namespace.ts";
import type { ClusterSettings } from "./settings.ts";
import { isRestrained, makeUsers } from "./users.ts";

/** What a run on a cluster has besides the place itself. */
export interface FoundCluster extends ClusterPlace {
  /** For people: what it was that the rows ran on. */
  readonly versions: string;
}

/**
 * Makes two namespaces on the cluster and all that rows need in them, runs
 * `body`, and removes them, however that went.
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
  const preparation = { client, kubeconfig, image: settings.image, signal };
  const make = <T>(body: (namespace: string) => Promise<T>) =>
    withNamespace(client, signal, body);
  try {
    return await make((namespace) =>
      make(async (emptyNamespace) => {
        const namespaces = { namespace, emptyNamespace };
        return await body(await prepare({ ...preparation, ...namespaces }));
      })
    );
  } finally {
    await client.close();
  }
}

interface Preparation {
  readonly client: Client;
  readonly kubeconfig: Kubeconfig;
  readonly image: ImageOptions;
  readonly signal: AbortSignal;
  readonly namespace: string;
  readonly emptyNamespace: string;
}

async function prepare(preparation: Preparation): Promise<FoundCluster> {
  const { client, kubeconfig, image, signal, namespace, emptyNamespace } =
    preparation;
  const pods = new Api(Pod, { client, namespace });
  const [idlePod, endedPod, tokens] = await Promise.all([
    startPod(pods, image, {}, signal),
    startPod(pods, image, WITH_ENDED, signal),
    makeUsers(client, namespace, emptyNamespace),
  ]);
  const server = await serverOptions(kubeconfig);
  const restrained = await Promise.all(
    [tokens.reader, tokens.viewer].map((token) =>
      isRestrained(server, namespace, token)
    ),
  );
  await isRestrained(server, namespace, tokens.admin);
  const offers: Capability[] = [];
  if (restrained.every(Boolean)) {
    offers.push("users");
    const reader = { ...server, namespace, token: tokens.reader };
    if (await asksForCreate(reader, idlePod)) offers.push("create check");
  }
  return {
    context: kubeconfig.currentContext ?? "",
    namespace,
    emptyNamespace,
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
