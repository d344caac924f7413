import {
  Api,
  type Client,
  createClient,
  Namespace,
  Pod,
  ServiceAccount,
} from "../../../mod.ts";
import { type Kubeconfig, loadKubeconfig } from "../../../src/config/mod.ts";
import type { Capability, PodOptions } from "../backend.ts";
import { type ImageOptions, startPod } from "../cluster_pod.ts";
import type { ClusterSetup, ServerOptions } from "../cluster.ts";
import { protocolOf, refusalsOf, requiresCreate, versionsOf } from "./probe.ts";
import type { ClusterSettings } from "./settings.ts";
import { isRestricted, makeUsers } from "./users.ts";

/** The setup, and a description for people. */
export interface DescribedSetup extends ClusterSetup {
  /** The versions of the cluster's components. */
  readonly versions: string;
}

/**
 * Creates two namespaces with everything that the tests need, runs `body`, and
 * always removes them.
 *
 * @param signal Ends the preparations.
 */
export async function withClusterSetup<T>(
  settings: ClusterSettings,
  signal: AbortSignal,
  body: (setup: DescribedSetup) => Promise<T>,
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

async function prepare(preparation: Preparation): Promise<DescribedSetup> {
  const { client, kubeconfig, image, signal, namespace, emptyNamespace } =
    preparation;
  const pods = new Api(Pod, { client, namespace });
  const [idlePod, endedPod, tokens] = await Promise.all([
    startPod(pods, image, {}, signal),
    startPod(pods, image, WITH_ENDED, signal),
    makeUsers(client, namespace, emptyNamespace),
  ]);
  const server = await serverOptions(kubeconfig);
  const restricted = await Promise.all(
    [tokens.reader, tokens.viewer].map((token) =>
      isRestricted(server, namespace, token)
    ),
  );
  await isRestricted(server, namespace, tokens.admin);
  // Without controllers there is no default service account, nor any pod.
  const capabilities: Capability[] = [
    "controllers",
    "disruption budgets",
    "ephemeral containers",
  ];
  if (restricted.every(Boolean)) {
    capabilities.push("users");
    const reader = { ...server, namespace, token: tokens.reader };
    if (await requiresCreate(reader, idlePod)) {
      capabilities.push("create check");
    }
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
    capabilities: capabilities,
    versions: await versionsOf(client, await pods.get(idlePod)),
  };
}

/** A pod whose second container has ended, so the kubelet refuses sessions in it. */
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

const REMOVAL_TIMEOUT = 180_000;

/**
 * Creates a namespace that is ready for pods, runs `body`, and always removes
 * the namespace.
 *
 * @param signal Ends the wait for the namespace.
 */
export async function withNamespace<T>(
  client: Client,
  signal: AbortSignal,
  body: (namespace: string) => Promise<T>,
): Promise<T> {
  const namespaces = new Api(Namespace, { client });
  const { metadata: { name } } = await namespaces.create({
    metadata: { generateName: "podwire-test-" },
  });
  try {
    // Pods are refused until the default service account exists.
    await new Api(ServiceAccount, { client, namespace: name })
      .waitFor("default", (account) => account !== undefined, { signal });
    return await body(name);
  } finally {
    console.log(`Removing the namespace ${name}`);
    await namespaces.delete(name);
    await namespaces.waitFor(name, (namespace) => namespace === undefined, {
      timeout: REMOVAL_TIMEOUT,
    });
  }
}

/**
 * Runs `body` with environment variables that make every runtime trust the
 * cluster's authority: the standard `WebSocket` has no option for that.
 */
export async function withAuthorityOf(
  { server: { certificateAuthority } }: ClusterSetup,
  body: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  if (certificateAuthority === undefined) return await body({});
  const file = await Deno.makeTempFile({ prefix: "podwire-", suffix: ".crt" });
  try {
    await Deno.writeTextFile(file, certificateAuthority);
    await body({ DENO_CERT: file, NODE_EXTRA_CA_CERTS: file });
  } finally {
    await Deno.remove(file);
  }
}
