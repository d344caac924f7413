import { decodeBase64, decodeText } from "../bytes.ts";
import { isRecord } from "../json.ts";
import {
  type Authenticator,
  bearerCredentials,
  lastingFailure,
} from "./credentials.ts";
import type { Mapping } from "./kubeconfig_document.ts";
import { refuse } from "./validate.ts";

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

const NOT_A_JWT = `it is not a JWT; ${SUCCESSORS.get("oidc")}`;

/** Milliseconds before its end at which a token counts as expired, as in kubectl. */
const EXPIRY_MARGIN = 10_000;

/**
 * Checks the legacy `auth-provider` of a kubeconfig's user. Kubernetes 1.26
 * removed all but `oidc` in favour of exec credential plugins.
 *
 * @returns False if there is none.
 * @throws {ConfigurationError} It is one that does not exist any more; the
 * message names its successor.
 */
export function hasAuthProvider(user: Mapping): boolean {
  const provider = user.mapping("auth-provider");
  if (provider === undefined) return false;
  const name = provider.string("name") ?? "";
  if (name === "oidc") return true;
  const instead = SUCCESSORS.get(name) ??
    "use an exec credential plugin or a token";
  const known = SUCCESSORS.has(name) ? ` "${name}"` : "";
  refuse(
    user.title,
    `the legacy auth-provider${known} is not supported; ${instead}`,
  );
}

/**
 * The `id-token` of the provider `oidc`, as long as it is valid. kubectl would
 * then refresh it, which requires the login server.
 *
 * @throws {ConfigurationError} There is none, or it is not a JWT.
 */
export function idTokenAuthenticator(user: Mapping): Authenticator {
  const config = user.mapping("auth-provider")?.mapping("config");
  const token = config?.string("id-token");
  const instead = SUCCESSORS.get("oidc")!;
  if (config === undefined || token === undefined) {
    refuse(user.title, `its auth-provider "oidc" has no id-token; ${instead}`);
  }
  const label = config.label("id-token");
  const expiresAt = expiryOf(token, label);
  const credentials = bearerCredentials(token, label);
  return {
    authenticate: () =>
      expiresAt - EXPIRY_MARGIN > Date.now()
        ? Promise.resolve(credentials)
        : Promise.reject(lastingFailure(
          `Cannot use ${label}: it has expired; run a command of kubectl, ` +
            `which refreshes it, or ${instead}`,
        )),
    renew: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}

/** The `exp` of a JWT (RFC 7519, 4.1.4) in milliseconds; 0 if it has none. */
function expiryOf(token: string, label: string): number {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) {
    refuse(label, NOT_A_JWT);
  }
  let claims: unknown;
  try {
    const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
    claims = JSON.parse(decodeText(decodeBase64(base64)));
  } catch {
    refuse(label, NOT_A_JWT);
  }
  const seconds = isRecord(claims) ? Number(claims.exp) : NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}
