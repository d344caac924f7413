import { refuse } from "./checks.ts";
import type { Section } from "./section.ts";

/** What came after each of the providers that Kubernetes had (client-go, `plugin/pkg/client/auth`). */
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
 * Refuses the legacy `auth-provider` of a kubeconfig's user: Kubernetes itself
 * took most of them out in 1.26, for exec credential plugins.
 *
 * @throws {ConfigurationError} There is one; says what to use instead.
 */
export function refuseAuthProvider(user: Section): void {
  const provider = user.section("auth-provider");
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
