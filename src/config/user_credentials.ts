import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import { tokenFile } from "./asked_token.ts";
import { refuseAuthProvider } from "./auth_provider.ts";
import { refuse } from "./checks.ts";
import {
  anonymous,
  basic,
  bearer,
  type Credentials,
  fixedBearer,
} from "./credentials.ts";
import { clusterInfo } from "./plugin/exec_info.ts";
import { pluginCredentials } from "./plugin/plugin_credentials.ts";
import { pluginSettings } from "./plugin/plugin_settings.ts";
import type { Section } from "./section.ts";

/**
 * The credentials of a kubeconfig's user, as client-go weighs them: a token
 * file before a token, either one or a password, and a credential plugin only
 * where there is none of them, nor a client certificate.
 *
 * @param cluster What the user logs in to.
 * @param tls The client certificate, if there is one.
 */
export function userCredentials(
  user: Section,
  cluster: Section,
  tls: TlsOptions,
  host: Host | null,
): Credentials {
  refuseAuthProvider(user);
  const username = user.string("username");
  const password = user.string("password");
  const token = tokenOf(user, host);
  const exec = user.section("exec");
  const plugin = exec && pluginSettings(user, exec);
  if (token && (username || password)) {
    refuse(user.title, "it has both a token and a password");
  }
  if (token) return token;
  if (username || password) return basic(username ?? "", password ?? "");
  if (!plugin || tls.clientCertificate !== undefined) return anonymous;
  return pluginCredentials(plugin, clusterInfo(cluster, tls), host);
}

function tokenOf(user: Section, host: Host | null): Credentials | null {
  const token = user.string("token");
  const path = user.path("tokenFile");
  if (token !== undefined) bearer(token, user.label("token"));
  if (path !== undefined) {
    return tokenFile(host, path, user.label("tokenFile"), token);
  }
  return token === undefined ? null : fixedBearer(token, user.label("token"));
}
