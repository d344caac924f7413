import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import {
  anonymous,
  type Authenticator,
  basicAuth,
  bearerCredentials,
  fixedToken,
} from "./credentials.ts";
import type { Mapping } from "./kubeconfig_document.ts";
import { readExecConfig } from "./plugin/exec_config.ts";
import { clusterInfo } from "./plugin/exec_credential.ts";
import { pluginAuthenticator } from "./plugin/plugin_credentials.ts";
import { tokenFile } from "./token_source.ts";
import { refuse } from "./validate.ts";

/**
 * The credentials of a kubeconfig's user, with client-go's precedence: a token
 * file, a token, a password, and a credential plugin only if there is nothing
 * else, not even a client certificate.
 *
 * @param cluster The cluster that the user authenticates to.
 * @param tls Contains the client certificate, if there is one.
 */
export function userAuthenticator(
  user: Mapping,
  cluster: Mapping,
  tls: TlsOptions,
  host: Host | null,
): Authenticator {
  refuseAuthProvider(user);
  const username = user.string("username");
  const password = user.string("password");
  const token = tokenAuthenticator(user, host);
  const exec = user.mapping("exec");
  const plugin = exec && readExecConfig(user, exec);
  if (token && (username || password)) {
    refuse(user.title, "it has both a token and a password");
  }
  if (token) return token;
  if (username || password) return basicAuth(username ?? "", password ?? "");
  if (!plugin || tls.clientCertificate !== undefined) return anonymous;
  return pluginAuthenticator(plugin, clusterInfo(cluster, tls), host);
}

function tokenAuthenticator(
  user: Mapping,
  host: Host | null,
): Authenticator | null {
  const token = user.string("token");
  const path = user.path("tokenFile");
  if (token !== undefined) bearerCredentials(token, user.label("token"));
  if (path !== undefined) {
    return tokenFile(host, path, user.label("tokenFile"), token);
  }
  return token === undefined ? null : fixedToken(token, user.label("token"));
}

/** What replaced each provider of client-go (`plugin/pkg/client/auth`). */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  [
    "gcp",
    "install gke-gcloud-auth-plugin and run " +
    '"gcloud container clusters get-credentials" again',
  ],
  ["azure", 'install kubelogin and run "kubelogin convert-kubeconfig"'],
  [
    "oidc",
    "use an exec credential plugin such as kubectl oidc-login, or a token",
  ],
  ["openstack", "use the exec credential plugin client-keystone-auth"],
]);

/**
 * Refuses the legacy `auth-provider` of a kubeconfig's user: Kubernetes 1.26
 * removed most of them in favour of exec credential plugins.
 *
 * @throws {ConfigurationError} There is one; the message names its successor.
 */
function refuseAuthProvider(user: Mapping): void {
  const provider = user.mapping("auth-provider");
  if (provider === undefined) return;
  const name = provider.string("name") ?? "";
  const instead = SUCCESSORS.get(name) ??
    "use an exec credential plugin or a token";
  const known = SUCCESSORS.has(name) ? ` "${name}"` : "";
  refuse(
    user.title,
    `the legacy auth-provider${known} is not supported; ${instead}`,
  );
}
