import type { Host } from "../adapters/host.ts";
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
import type { Section } from "./section.ts";

/**
 * The credentials of a kubeconfig's user, as client-go weighs them: a token
 * file before a token, either one or a password.
 */
export function userCredentials(
  user: Section,
  host: Host | null,
): Credentials {
  refuseUnsupported(user);
  const username = user.string("username");
  const password = user.string("password");
  const token = tokenOf(user, host);
  if (token && (username || password)) {
    refuse(user.title, "it has both a token and a password");
  }
  if (token) return token;
  if (username || password) return basic(username ?? "", password ?? "");
  return anonymous;
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

function refuseUnsupported(user: Section): void {
  if (user.has("exec")) {
    refuse(user.title, "exec credential plugins are not supported");
  }
  refuseAuthProvider(user);
}
