import type { SecurityContext } from "../../client/kubernetes/core_v1.ts";
import { isRecord } from "../../json.ts";
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
 * The security context of a profile, with the caller's fields above it, one by
 * one: who sets the user of a restricted container does not drop the restrictions.
 *
 * @param own Null removes what the profile says, as in a field.
 * @throws {TypeError} There is no such profile.
 */
export function securityContextOf(
  action: string,
  profile: DebugProfile,
  own?: SecurityContext | null,
): SecurityContext | undefined {
  if (Object.hasOwn(PROFILES, profile)) {
    return structuredClone(merged(PROFILES[profile], own)) as
      | SecurityContext
      | undefined;
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

/** Objects are merged, everything else replaces what was there. */
function merged(base: unknown, own: unknown): unknown {
  if (own === undefined) return base;
  if (!isRecord(own) || !isRecord(base)) return own ?? undefined;
  const fields = Object.entries(own)
    .map(([name, value]) => [name, merged(base[name], value)]);
  return { ...base, ...Object.fromEntries(fields) };
}
