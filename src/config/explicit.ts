import { askedToken } from "./asked_token.ts";
import { optionalString, proxyUrl, refuse, serverUrl } from "./checks.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import { anonymous, type Credentials, fixedBearer } from "./credentials.ts";
import { tlsOptions, type TlsSettingNames } from "./tls_settings.ts";

/** A cluster said in full by the program: no file is read. */
export interface ExplicitOptions {
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
export const SERVER_OPTIONS = [
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
export function explicitConfig(options: ExplicitOptions): ClusterConfig {
  return new ResolvedConfig({
    server: serverUrl(options.server, named("server")),
    tls: tlsOptions(options, TLS_NAMES),
    proxy: proxyUrl(options.proxy, named("proxy")),
    namespace: optionalString(options.namespace, named("namespace")) ?? null,
    credentials: credentialsOf(options.token),
  });
}

const named = (option: string): string => `the option "${option}"`;

const TLS_NAMES: TlsSettingNames = {
  certificateAuthority: named("certificateAuthority"),
  clientCertificate: named("clientCertificate"),
  clientKey: named("clientKey"),
  insecureSkipTlsVerify: named("insecureSkipTlsVerify"),
  tlsServerName: named("tlsServerName"),
};

function credentialsOf(token: unknown): Credentials {
  if (token === undefined || token === null) return anonymous;
  if (typeof token === "function") {
    return askedToken(async () => await token(), named("token"));
  }
  if (typeof token !== "string") {
    refuse(named("token"), "it must be a string or a function");
  }
  return fixedBearer(token, named("token"));
}
