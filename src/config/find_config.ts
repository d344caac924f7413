import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import type { ClusterConfig } from "./cluster_config.ts";
import {
  CLUSTER_OPTIONS,
  type ClusterOptions,
  configFromOptions,
} from "./cluster_options.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import { kubeconfigPath, optionalString, refuse } from "./validate.ts";

/** The options of `createClient` that select the cluster. */
export interface ConfigOptions extends Partial<ClusterOptions> {
  /** A path, or a result of `loadKubeconfig` or `parseKubeconfig`. */
  readonly kubeconfig?: string | Kubeconfig;
  readonly context?: string;
}

/**
 * Finds the cluster: an explicit `server`, else the given kubeconfig, else the
 * kubeconfig that kubectl would use, if it has a current context, else the pod
 * that this runs in.
 *
 * @param host The machine; null if the runtime has no files.
 * @param network Whether the transport's requests leave the process.
 * @throws {ConfigurationError} No cluster is found, or its configuration is
 * invalid.
 * @throws {TypeError} Options exclude each other.
 */
export async function findConfig(
  options: ConfigOptions,
  host: Host | null,
  network = true,
): Promise<ClusterConfig> {
  const { server, kubeconfig } = options;
  if (server !== undefined) {
    checkNoKubeconfigOptions(options);
    return configFromOptions({ ...options, server }, host, network);
  }
  checkNoClusterOptions(options);
  const context = optionalString(options.context, 'the option "context"');
  if (isKubeconfig(kubeconfig)) {
    return await kubeconfig.resolve(context);
  }
  if (kubeconfig as unknown instanceof Promise) {
    refuse(
      'the option "kubeconfig"',
      "it is a Promise; pass await loadKubeconfig()",
    );
  }
  const path = kubeconfigPath(kubeconfig, 'the option "kubeconfig"');
  if (host === null) {
    throw new ConfigurationError(
      "Cannot find a cluster: no server is given, and this runtime has no " +
        "files, or this is a bundle for browsers",
    );
  }
  const { loadDefaultConfig } = await import("./search_config.ts");
  return await loadDefaultConfig({ path, context, host });
}

const KUBECONFIG_OPTIONS = ["kubeconfig", "context"] as const;

/** Checks the shape: a bundle may contain the class twice. */
function isKubeconfig(value: unknown): value is Kubeconfig {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, "resolve") === "function";
}

function checkNoKubeconfigOptions(options: ConfigOptions): void {
  const given = KUBECONFIG_OPTIONS.find((name) => isGiven(options[name]));
  if (given === undefined) return;
  throw new TypeError(
    `Cannot create a client: the options "server" and "${given}" exclude each ` +
      "other",
  );
}

function isGiven(option: unknown): boolean {
  return option !== undefined && option !== null;
}

function checkNoClusterOptions(options: ConfigOptions): void {
  const given = CLUSTER_OPTIONS.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new ConfigurationError(
    `Cannot use the option "${given}": it requires the option "server"`,
  );
}
