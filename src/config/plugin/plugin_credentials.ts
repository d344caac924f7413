import type { Host } from "../../platform/host.ts";
import {
  type Authenticator,
  type Credentials,
  isSameCertificate,
} from "../credentials.ts";
import type { LoadYaml } from "../kubeconfig_text.ts";
import { SingleFlight } from "../single_flight.ts";
import { refuse } from "../validate.ts";
import type { ExecConfig } from "./exec_config.ts";
import type { ClusterInfo, IssuedCredentials } from "./exec_credential.ts";
import { runPlugin } from "./run_plugin.ts";

/** What running a plugin requires. */
export interface PluginContext {
  /** Null if the runtime cannot run programs. */
  readonly host: Host | null;
  /** Parses output that is not JSON; null if nothing can. */
  readonly loadYaml: LoadYaml | null;
}

/**
 * Credentials from a plugin.
 *
 * @param cluster Passed to the plugin if it requests it.
 * @throws {ConfigurationError} The runtime cannot run programs.
 */
export function pluginAuthenticator(
  plugin: ExecConfig,
  cluster: ClusterInfo,
  { host, loadYaml }: PluginContext,
): Authenticator {
  if (host === null) {
    refuse(
      plugin.title,
      "plugins are programs, which a browser or worker cannot run; use a token",
    );
  }
  return cachedAuthenticator((signal) =>
    runPlugin(plugin, cluster, { host, loadYaml }, signal)
  );
}

/**
 * Caches issued credentials until they expire or are refused; concurrent callers
 * share one call of `issue`.
 */
export function cachedAuthenticator(
  issue: (signal: AbortSignal) => Promise<IssuedCredentials>,
): Authenticator {
  let latest: IssuedCredentials | null = null;
  const issuing = new SingleFlight(async (signal) =>
    latest = await issue(signal)
  );
  const cached = (): Credentials | null =>
    latest && (latest.expiresAt ?? Infinity) > Date.now()
      ? latest.credentials
      : null;

  return {
    async authenticate(signal) {
      signal.throwIfAborted();
      return cached() ?? (await issuing.join(signal)).credentials;
    },
    async renew(refused, signal) {
      const newer = cached();
      if (newer !== null && !isSame(newer, refused)) return newer;
      latest = null;
      const { credentials } = await issuing.join(signal);
      return isSame(credentials, refused) ? null : credentials;
    },
    close: () => issuing.close(),
  };
}

function isSame(a: Credentials, b: Credentials): boolean {
  return a.authorization === b.authorization &&
    isSameCertificate(a.certificate, b.certificate);
}
