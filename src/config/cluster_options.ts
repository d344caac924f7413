import { tokenSource } from "./token_source.ts";
import {
  optionalString,
  proxyUrl,
  refuse,
  serverUrl,
  type TlsLabels,
  tlsOptions,
} from "./validate.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import { anonymous, type Authenticator, fixedToken } from "./credentials.ts";

/** A cluster said in full by the program: no file is read. */
export interface ClusterOptions {
  /** The API server's URL; a path in it (of a proxy) is kept. */
  readonly server: string | URL;
  /**
   * A bearer token, or what gives one: asked anew for each connection, and once
   * more when the server answers with 401.
   */
  readonly token?: string | (() => Promise<string>);
  /** PEM certificates to trust instead of the runtime's own. */
  readonly certificateAuthority?: string;
  /** PEM client certificate chain; needs `clientKey`. */
  readonly clientCertificate?: string;
  /** PEM private key of `clientCertificate`. */
  readonly clientKey?: string;
  /** Accept any server certificate. Off unless said. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to check the server's certificate for, instead of the URL's. */
  readonly tlsServerName?: string;
  /**
   * URL of a proxy, `http:`, `https:`, `socks5:` or `socks5h:`, with credentials
   * if it wants some; null for none. Unless said: the environment's.
   */
  readonly proxy?: string | URL | null;
  /** The namespace of calls that name none. */
  readonly namespace?: string;
}

/** The options that mean nothing without a `server`. */
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
 * Reads the explicit options of `createClient`.
 *
 * @throws {ConfigurationError} Names the option that is wrong.
 */
export function configFromOptions(options: ClusterOptions): ClusterConfig {
  return new ResolvedConfig({
    server: serverUrl(options.server, optionLabel("server")),
    tls: tlsOptions(options, TLS_LABELS),
    proxy: proxyUrl(options.proxy, optionLabel("proxy")),
    namespace: optionalString(options.namespace, optionLabel("namespace")) ??
      null,
    authenticator: tokenAuthenticator(options.token),
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

function tokenAuthenticator(token: unknown): Authenticator {
  if (token === undefined || token === null) return anonymous;
  if (typeof token === "function") {
    return tokenSource(async () => await token(), optionLabel("token"));
  }
  if (typeof token !== "string") {
    refuse(optionLabel("token"), "it must be a string or a function");
  }
  return fixedToken(token, optionLabel("token"));
}
