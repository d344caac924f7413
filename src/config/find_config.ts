import type { Host } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import { optionalString } from "./validate.ts";
import type { ClusterConfig } from "./cluster_config.ts";
import {
  CLUSTER_OPTIONS,
  type ClusterOptions,
  configFromOptions,
} from "./cluster_options.ts";
import type { Kubeconfig } from "./kubeconfig.ts";

/** Which kubeconfig to use, and which of its contexts. */
export interface KubeconfigOptions {
  /**
   * The path of a kubeconfig, or what `loadKubeconfig` or `parseKubeconfig` of
   * `@podwire/podwire/kubeconfig` gave. Unless said: the files in `KUBECONFIG`,
   * else `~/.kube/config`.
   */
  readonly kubeconfig?: string | Kubeconfig;
  /** The context's name; the kubeconfig's current context unless said. */
  readonly context?: string;
}

/** What decides which cluster it is. */
export type ConfigOptions = KubeconfigOptions & Partial<ClusterOptions>;

/**
 * Finds the cluster: an explicit `server`, else the given kubeconfig, else the
 * one that kubectl would use, if it has a current context, else the pod that
 * this runs in.
 *
 * @param host The machine; null where there is none to look at.
 * @throws {ConfigurationError} None of them is there, or the first is wrong.
 */
export async function findConfig(
  options: ConfigOptions,
  host: Host | null,
): Promise<ClusterConfig> {
  const { server, kubeconfig } = options;
  if (server !== undefined) return configFromOptions({ ...options, server });
  checkNoServerOptions(options);
  const context = optionalString(options.context, 'the option "context"');
  if (isKubeconfig(kubeconfig)) {
    return await kubeconfig.resolve(context);
  }
  const path = optionalString(kubeconfig, 'the option "kubeconfig"');
  if (host === null) {
    throw new ConfigurationError(
      "Cannot find a cluster: no server was given, this runtime has no files " +
        "to look at, or this is a bundle for browsers",
    );
  }
  const { searchConfig } = await import("./search_config.ts");
  return await searchConfig({ path, context, host });
}

/** By its shape: a bundle may hold the class twice. */
function isKubeconfig(value: unknown): value is Kubeconfig {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, "resolve") === "function";
}

function checkNoServerOptions(options: ConfigOptions): void {
  const given = CLUSTER_OPTIONS.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new ConfigurationError(
    `Cannot use the option "${given[0]}": it needs the option "server"`,
  );
}
