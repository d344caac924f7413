import type { Host } from "../../platform/host.ts";
import { refuse } from "../checks.ts";
import type { Credentials } from "../credentials.ts";
import type { ClusterInfo } from "./exec_info.ts";
import { issuedCredentials } from "./issued_credentials.ts";
import type { PluginSettings } from "./plugin_settings.ts";
import { runPlugin } from "./run_plugin.ts";

/**
 * Credentials that a plugin issues.
 *
 * @param cluster What it is told if it asks.
 * @throws {ConfigurationError} There are no programs here.
 */
export function pluginCredentials(
  plugin: PluginSettings,
  cluster: ClusterInfo,
  host: Host | null,
): Credentials {
  if (host === null) {
    refuse(
      plugin.title,
      "plugins are programs, which a browser or worker cannot run; use a token",
    );
  }
  return issuedCredentials((signal) =>
    runPlugin(plugin, cluster, host, signal)
  );
}
