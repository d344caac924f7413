import type { SecurityContext } from "../../client/kubernetes/core_v1.ts";
import { similarName } from "../../options.ts";

/** What a debug container may do; the names are kubectl's. */
export type DebugProfile =
  | "general"
  | "baseline"
  | "restricted"
  | "netadmin"
  | "sysadmin";

/** As kubectl 1.36 sets them for ephemeral containers. */
const PROFILES: Readonly<Record<DebugProfile, SecurityContext | undefined>> = {
  general: { capabilities: { add: ["SYS_PTRACE"] } },
  baseline: undefined,
  restricted: {
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    allowPrivilegeEscalation: false,
    seccompProfile: { type: "RuntimeDefault" },
  },
  netadmin: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
  sysadmin: { privileged: true },
};

/**
 * The security context of a profile.
 *
 * @throws {TypeError} There is no such profile.
 */
export function securityContextOf(
  action: string,
  profile: DebugProfile,
): SecurityContext | undefined {
  if (Object.hasOwn(PROFILES, profile)) {
    return structuredClone(PROFILES[profile]);
  }
  const names = Object.keys(PROFILES);
  const similar = similarName(String(profile), names);
  const hint = similar === null
    ? `expected one of ${names.join(", ")}`
    : `did you mean "${similar}"?`;
  throw new TypeError(
    `Cannot ${action}: there is no profile ${JSON.stringify(profile)}; ${hint}`,
  );
}
