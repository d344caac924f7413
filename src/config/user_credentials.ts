import { hasAuthProvider, idTokenAuthenticator } from "./auth_provider.ts";
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
import {
  pluginAuthenticator,
  type PluginContext,
} from "./plugin/plugin_credentials.ts";
import { tokenFile } from "./token_source.ts";
import { refuse } from "./validate.ts";

/**
 * The credentials of a kubeconfig's user, with client-go's precedence: a token
 * file, a token, a password, the token of the `oidc` provider, and a credential
 * plugin only if there is nothing else, not even a client certificate.
 *
 * @param cluster The cluster that the user authenticates to.
 * @param tls Contains the client certificate, if there is one.
 */
export function userAuthenticator(
  user: Mapping,
  cluster: Mapping,
  tls: TlsOptions,
  { host, loadYaml }: PluginContext,
): Authenticator {
  const provider = hasAuthProvider(user);
  const username = user.string("username");
  const password = user.string("password");
  const token = tokenAuthenticator(user, host);
  const exec = user.mapping("exec");
  const plugin = exec && readExecConfig(user, exec);
  if (token && (username || password)) {
    refuse(user.title, "it has both a token and a password");
  }
  if (provider && plugin) {
    refuse(user.title, "it has both an auth-provider and an exec plugin");
  }
  if (token) return token;
  if (username || password) return basicAuth(username ?? "", password ?? "");
  if (provider) return idTokenAuthenticator(user);
  if (!plugin || tls.clientCertificate !== undefined) return anonymous;
  return pluginAuthenticator(plugin, clusterInfo(cluster, tls), {
    host,
    loadYaml,
  });
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
