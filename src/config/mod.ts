/**
 * Reads kubeconfigs; the only entry point with a YAML parser.
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

import { ConfigurationError } from "../errors.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import { hostOf } from "../platform/host.ts";
import { type Kubeconfig, toKubeconfig } from "./kubeconfig.ts";
import { parseJsonText, parseYamlText } from "./kubeconfig_text.ts";
import {
  describeDefaultPaths,
  readDefaultKubeconfig,
  readKubeconfig,
} from "./read_kubeconfig.ts";
import { kubeconfigPath, optionalString } from "./validate.ts";
import { parseYaml } from "./yaml.ts";

export type { Kubeconfig };
export type { RequestHeaders, TlsOptions } from "../transport/transport.ts";
export type { ClusterConfig, Identity } from "./cluster_config.ts";

/** Options of {@linkcode loadKubeconfig}. */
export interface LoadKubeconfigOptions {
  /**
   * The file's path. Defaults to the files in `KUBECONFIG`, merged as kubectl
   * merges them, then to `~/.kube/config`.
   */
  readonly path?: string;
  /** The context; defaults to the kubeconfig's current context. */
  readonly context?: string;
}

/** Options of {@linkcode parseKubeconfig}. */
export interface ParseKubeconfigOptions {
  /** The base of relative paths in the text; without it they are refused. */
  readonly directory?: string;
  /** The context; defaults to the kubeconfig's current context. */
  readonly context?: string;
}

const LOAD_OPTIONS: OptionNames<LoadKubeconfigOptions> = {
  path: true,
  context: true,
};

const PARSE_OPTIONS: OptionNames<ParseKubeconfigOptions> = {
  directory: true,
  context: true,
};

/**
 * Reads kubeconfig files.
 *
 * @returns A value for `createClient({ kubeconfig })`.
 * @throws {ConfigurationError} There is no kubeconfig, or it is malformed.
 * @throws {TypeError} An option does not exist.
 */
export async function loadKubeconfig(
  options: LoadKubeconfigOptions = {},
): Promise<Kubeconfig> {
  checkOptions(options, LOAD_OPTIONS, "load a kubeconfig");
  const path = kubeconfigPath(options.path, 'the option "path"');
  const host = hostOf();
  if (host === null) {
    throw new ConfigurationError(
      "Cannot load a kubeconfig: this runtime has no files; use parseKubeconfig",
    );
  }
  const context = optionalString(options.context, 'the option "context"');
  const reading = { host, loadYaml: () => parseYaml, context };
  if (path !== undefined) return await readKubeconfig(path, reading);
  const found = await readDefaultKubeconfig(reading);
  if (found) return found;
  throw new ConfigurationError(
    "Cannot load a kubeconfig: there is none (looked at " +
      `${describeDefaultPaths(host)})`,
  );
}

/**
 * Parses the text of a kubeconfig, YAML or JSON.
 *
 * @returns A value for `createClient({ kubeconfig })`.
 * @throws {ConfigurationError} It is malformed; the message quotes nothing of it.
 * @throws {TypeError} An option does not exist.
 */
export function parseKubeconfig(
  text: string,
  options: ParseKubeconfigOptions = {},
): Kubeconfig {
  checkOptions(options, PARSE_OPTIONS, "parse a kubeconfig");
  const origin = "the kubeconfig";
  if (typeof text !== "string") {
    throw new ConfigurationError(
      `Cannot read ${origin}: its text must be a string`,
    );
  }
  const json = parseJsonText(text);
  const value = json ? json.value : parseYamlText(text, origin, parseYaml);
  const directory = optionalString(
    options.directory,
    'the option "directory"',
  ) ?? null;
  const context = optionalString(options.context, 'the option "context"');
  const loadYaml = () => parseYaml;
  return toKubeconfig(value, origin, directory, hostOf(), {
    context,
    loadYaml,
  });
}
