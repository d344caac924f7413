import type { Host } from "../../platform/host.ts";
import {
  type Authenticator,
  type Credentials,
  isSameCertificate,
} from "../credentials.ts";
import { SingleFlight } from "../single_flight.ts";
import { refuse } from "../validate.ts";
import type { ExecConfig } from "./exec_config.ts";
import type { ClusterInfo, IssuedCredentials } from "./exec_credential.ts";
import { runPlugin } from "./run_plugin.ts";

/**
 * Credentials that a plugin issues.
 *
 * @param cluster What it is told if it asks.
 * @throws {ConfigurationError} There are no programs here.
 */
export function pluginAuthenticator(
  plugin: ExecConfig,
  cluster: ClusterInfo,
  host: Host | null,
): Authenticator {
  if (host === null) {
    refuse(
      plugin.title,
      "plugins are programs, which a browser or worker cannot run; use a token",
    );
  }
  return cachedAuthenticator((signal) =>
    runPlugin(plugin, cluster, host, signal)
  );
}

/**
 * Credentials that somebody issues: kept until they expire or are refused, and
 * issued once for all who want them at a time.
 *
 * @param issue Asks for new ones.
 */
export function cachedAuthenticator(
  issue: (signal: AbortSignal) => Promise<IssuedCredentials>,
): Authenticator {
  let latest: IssuedCredentials | null = null;
  const issuing = new SingleFlight(async (signal) =>
    latest = await issue(signal)
  );
  const usable = (): Credentials | null =>
    latest && (latest.expiresAt ?? Infinity) > Date.now()
      ? latest.credentials
      : null;

  return {
    async authenticate(signal) {
      signal.throwIfAborted();
      return usable() ?? (await issuing.join(signal)).credentials;
    },
    async renew(refused, signal) {
      const other = usable();
      if (other !== null && !isSame(other, refused)) return other;
      latest = null;
      const { credentials } = await issuing.join(signal);
      return isSame(credentials, refused) ? null : credentials;
    },
    close: () => issuing.close(),
  };
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.authorization === other.authorization &&
    isSameCertificate(one.certificate, other.certificate);
}
