import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import type { ClusterConfig } from "./cluster_config.ts";
import { inClusterConfig } from "./in_cluster.ts";
import { Kubeconfig } from "./kubeconfig.ts";
import type { LoadYaml } from "./kubeconfig_text.ts";
import { loadYaml } from "./load_yaml.ts";
import { type ConfigOverrides, isOverridden, NOTHING } from "./overrides.ts";
import {
  describeDefaultPaths,
  readDefaultKubeconfig,
  readKubeconfig,
  type ReadOptions,
} from "./read_kubeconfig.ts";

/** Where to look for a cluster, and what counts instead of what is found. */
export interface ConfigSearch {
  readonly host: Host;
  readonly path: string | undefined;
  readonly context: string | undefined;
  /** Of a command line. */
  readonly overrides?: ConfigOverrides;
  /** For a program, which may be compiled: `loadYaml` finds no file then. */
  readonly loadYaml?: LoadYaml;
}

/**
 * Finds the cluster on this machine: in the kubeconfig at `path`, else in the
 * kubeconfig that kubectl would use, if it has a current context, else in the
 * account of the pod that this runs in. A module of its own, which the npm
 * package leaves out of bundles for browsers.
 *
 * As in client-go, a server or a cluster of the overrides needs no context, and
 * a server not even a kubeconfig; with either, this pod does not count.
 *
 * @throws {ConfigurationError} No cluster is found, or its configuration is
 * invalid.
 */
export async function loadDefaultConfig(
  { path, ...search }: ConfigSearch,
): Promise<ClusterConfig> {
  const { host, context, overrides } = search;
  const options: ReadOptions = { loadYaml, ...search };
  if (path !== undefined) {
    return await (await readKubeconfig(path, options)).resolve();
  }
  const found = await readDefaultKubeconfig(options);
  if (found && found.currentContext !== null) return await found.resolve();
  const namesServer = overrides !== undefined &&
    (isOverridden(overrides.cluster, "server") ||
      isOverridden(overrides.context, "cluster"));
  const mayBePod = context === undefined && !namesServer;
  const inCluster = mayBePod ? await inClusterConfig(host, overrides) : null;
  if (inCluster) return inCluster;
  if (found) return await found.resolve();
  if (namesServer) return await new Kubeconfig(NOTHING, options).resolve();
  throw new ConfigurationError(
    "Cannot find a cluster: no server is given, there is no kubeconfig " +
      `(looked at ${describeDefaultPaths(host)}), and this is not a pod ` +
      "(KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set)",
  );
}
