import type { Host } from "../adapters/host.ts";
import type { Credentials } from "./cluster_config.ts";
import { refuse } from "./checks.ts";
import { anonymous, basic, bearer, checkToken } from "./credentials.ts";
import { readFile } from "./files.ts";
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
  const impersonation = impersonationOf(user);
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

/** The `Impersonate-*` headers of the Kubernetes API. */
function impersonationOf(user: Section): Record<string, string> {
  const as = user.string("as");
  const uid = user.string("as-uid");
  const groups = user.strings("as-groups");
  const extra = user.section("as-user-extra");
  if (as === undefined) {
    if (uid !== undefined || groups.length > 0 || extra) {
      refuse(user.title, 'it impersonates without naming a user ("as")');
    }
    return {};
  }
  const headers: Record<string, string> = { "impersonate-user": as };
  if (uid !== undefined) headers["impersonate-uid"] = uid;
  const group = single(groups, user.label("as-groups"));
  if (group !== undefined) headers["impersonate-group"] = group;
  for (const name of extra?.names() ?? []) {
    const value = single(extra!.strings(name), extra!.label(name));
    if (value === undefined) continue;
    const key = encodeURIComponent(name.toLowerCase());
    headers[`impersonate-extra-${key}`] = value;
  }
  return headers;
}

/** One value a header: a transport's headers hold no name twice. */
function single(values: readonly string[], label: string): string | undefined {
  if (values.length > 1) refuse(label, "more than one value is not supported");
  return values[0];
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
