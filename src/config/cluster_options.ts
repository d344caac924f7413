import type { Host } from "../platform/host.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import {
  anonymous,
  type Authenticator,
  fixedToken,
  mayCarryCredentials,
} from "./credentials.ts";
import { tokenSource } from "./token_source.ts";
import {
  optionalString,
  proxyUrl,
  refuse,
  serverUrl,
  type TlsLabels,
  tlsOptions,
} from "./validate.ts";

/** The options of `createClient` that describe a cluster in full. */
export interface ClusterOptions {
  readonly server: string | URL;
  readonly token?: string | (() => Promise<string>);
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
  readonly proxy?: string | URL | null;
  readonly namespace?: string;
}

/** The options that require `server`. */
export const CLUSTER_OPTIONS = [
  "token",
  "certificateAuthority",
  "clientCertificate",
  "clientKey",
  "insecureSkipTlsVerify",
  "tlsServerName",
  "proxy",
] as const;

/**
 * Makes a configuration from options; reads no file.
 *
 * @param host Parses certificates and keys; null if the runtime cannot.
 * @param network Whether requests leave the process.
 * @throws {ConfigurationError} Names the invalid option.
 */
export function configFromOptions(
  options: ClusterOptions,
  host: Host | null = null,
  network = true,
): ClusterConfig {
  const server = serverUrl(options.server, optionLabel("server"));
  return new ResolvedConfig({
    server,
    tls: tlsOptions(options, TLS_LABELS, host),
    proxy: proxyUrl(options.proxy, optionLabel("proxy")),
    namespace: optionalString(options.namespace, optionLabel("namespace")) ??
      null,
    authenticator: tokenAuthenticator(
      options.token,
      network ? mayCarryCredentials(server) : true,
    ),
  });
}

const optionLabel = (option: string): string => `the option "${option}"`;

const TLS_LABELS: TlsLabels = {
  certificateAuthority: optionLabel("certificateAuthority"),
  clientCertificate: optionLabel("clientCertificate"),
  clientKey: optionLabel("clientKey"),
  insecureSkipTlsVerify: optionLabel("insecureSkipTlsVerify"),
  tlsServerName: optionLabel("tlsServerName"),
};

function tokenAuthenticator(token: unknown, allowed: boolean): Authenticator {
  if (token === undefined || token === null) return anonymous;
  if (!allowed) {
    refuse(
      optionLabel("token"),
      "credentials are not sent over http: to another machine; use an https: server",
    );
  }
  if (typeof token === "function") {
    return tokenSource(async () => await token(), optionLabel("token"));
  }
  if (typeof token !== "string") {
    refuse(optionLabel("token"), "it must be a string or a function");
  }
  return fixedToken(token, optionLabel("token"));
}
