import type { Host } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import type { ClusterConfig } from "./cluster_config.ts";
import {
  describeDefaultPaths,
  readDefaultKubeconfig,
  readKubeconfig,
  type ReadOptions,
} from "./read_kubeconfig.ts";
import { inClusterConfig } from "./in_cluster.ts";
import { loadYaml } from "./load_yaml.ts";

/** What to look for on a machine. */
export interface SearchOptions {
  readonly host: Host;
  /** The kubeconfig's path, if one was given. */
  readonly path: string | undefined;
  /** The context's name, if one was given. */
  readonly context: string | undefined;
}

/**
 * Finds the cluster on this machine: in the given kubeconfig, else in the one
 * that kubectl would use, if it has a current context, else it is that of the
 * pod that this runs in.
 *
 * @throws {ConfigurationError} None of them is there, or the first is wrong.
 */
export async function searchConfig(
  search: SearchOptions,
): Promise<ClusterConfig> {
  const { host, path, context } = search;
  const reading: ReadOptions = { host, loadYaml: loadYaml, context };
  if (path !== undefined) {
    return await (await readKubeconfig(path, reading)).resolve();
  }
  const found = await readDefaultKubeconfig(reading);
  if (found && found.currentContext !== null) return await found.resolve();
  const inCluster = context === undefined ? await inClusterConfig(host) : null;
  if (inCluster) return inCluster;
  if (found) return await found.resolve();
  throw new ConfigurationError(
    "Cannot find a cluster: no server was given, there is no kubeconfig " +
      `(looked at ${describeDefaultPaths(host)}), and this is no pod ` +
      "(KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set)",
  );
}
