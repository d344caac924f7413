/**
 * Reading kubeconfigs; the only entry point that holds a YAML parser.
 *
 * ```ts
 * import { createClient } from "@podwire/podwire";
 * import { loadKubeconfig } from "@podwire/podwire/kubeconfig";
 *
 * const kubeconfig = await loadKubeconfig({ context: "staging" });
 * const client = await createClient({ kubeconfig });
 * ```
 *
 * @module
 */

import { hostOf } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import {
  describeDefaultPaths,
  readDefaultKubeconfig,
  readKubeconfig,
} from "./read_kubeconfig.ts";
import { Kubeconfig, kubeconfigOf } from "./kubeconfig.ts";
import {
  checkIsString,
  parseJsonText,
  parseYamlText,
} from "./kubeconfig_text.ts";
import { parseYaml } from "./yaml.ts";

export { Kubeconfig };
export type { RequestHeaders, TlsOptions } from "../transport/transport.ts";
export type { ClusterConfig, Identity } from "./cluster_config.ts";

/** Options of {@linkcode loadKubeconfig}. */
export interface LoadKubeconfigOptions {
  /**
   * The file; unless said, those in `KUBECONFIG`, merged as kubectl merges
   * them, else `~/.kube/config`.
   */
  readonly path?: string;
  /** The context to use instead of the current one. */
  readonly context?: string;
}

/** Options of {@linkcode parseKubeconfig}. */
export interface ParseKubeconfigOptions {
  /** Where relative paths in the text count from; without it they are refused. */
  readonly folder?: string;
  /** The context to use instead of the current one. */
  readonly context?: string;
}

/**
 * Reads kubeconfig files.
 *
 * @returns What `createClient({ kubeconfig })` takes.
 * @throws {ConfigurationError} There is none, or it is malformed.
 */
export async function loadKubeconfig(
  options: LoadKubeconfigOptions = {},
): Promise<Kubeconfig> {
  const host = hostOf();
  if (host === null) {
    throw new ConfigurationError(
      "Cannot load a kubeconfig: this runtime has no files; use parseKubeconfig",
    );
  }
  const reading = { host, loadYaml: () => parseYaml, context: options.context };
  if (options.path !== undefined) {
    return await readKubeconfig(options.path, reading);
  }
  const found = await readDefaultKubeconfig(reading);
  if (found) return found;
  throw new ConfigurationError(
    `Cannot load a kubeconfig: there is none (looked at ${
      describeDefaultPaths(host)
    })`,
  );
}

/**
 * Reads the text of a kubeconfig, YAML or JSON.
 *
 * @returns What `createClient({ kubeconfig })` takes.
 * @throws {ConfigurationError} It is malformed; the message quotes none of it.
 */
export function parseKubeconfig(
  text: string,
  options: ParseKubeconfigOptions = {},
): Kubeconfig {
  const origin = "the kubeconfig";
  checkIsString(text, origin);
  const json = parseJsonText(text);
  const value = json ? json.value : parseYamlText(text, origin, parseYaml);
  const { folder = null, context } = options;
  return kubeconfigOf(value, origin, folder, hostOf(), context);
}
