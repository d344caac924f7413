import type { Host } from "../adapters/host.ts";
import type { Credentials } from "./cluster_config.ts";
import { refuse } from "./checks.ts";
import { anonymous, basic, bearer, checkToken } from "./credentials.ts";
import { readFile } from "./files.ts";
import { impersonationHeaders } from "./impersonation.ts";
import type { Section } from "./section.ts";

/**
 * The credentials of a kubeconfig's user, as client-go weighs them: a token
 * file before a token, either one or a password, and whoever is impersonated.
 */
export function userCredentials(
  user: Section,
  host: Host | null,
): Credentials {
  refuseUnsupported(user);
  const login = loginOf(user, host);
  const impersonation = impersonationHeaders(user);
  return async (signal) => ({ ...await login(signal), ...impersonation });
}

function loginOf(user: Section, host: Host | null): Credentials {
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
  if (token !== undefined) checkToken(token, user.label("token"));
  if (path !== undefined) {
    const origin = user.label("tokenFile");
    return bearer(() => readToken(host, path, origin, token), origin);
  }
  if (token === undefined) return null;
  return bearer(() => Promise.resolve(token), user.label("token"));
}

async function readToken(
  host: Host | null,
  path: string,
  origin: string,
  fallback: string | undefined,
): Promise<string> {
  try {
    return (await readFile(host, path, origin)).trim();
  } catch (error) {
    if (fallback !== undefined) return fallback;
    throw error;
  }
}

function refuseUnsupported(user: Section): void {
  if (user.has("exec")) {
    refuse(user.title, "exec credential plugins are not supported");
  }
  if (user.has("auth-provider")) {
    refuse(
      user.title,
      "auth-provider is not supported; use an exec credential plugin or a token",
    );
  }
}
