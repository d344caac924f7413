// The flags that say which cluster, and who asks: kubectl's.
import { resolve } from "node:path";
import type { ConfigOverrides } from "../config/overrides.ts";
import type { ConfigSearch } from "../config/search_config.ts";
import { kubeconfigPath } from "../config/validate.ts";
import { LONGEST_DELAY } from "../timers.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import { parseDuration } from "./flag_values.ts";
import type { FlagName } from "./flags.ts";

/** The value of a flag; as in kubectl, an empty one counts as absent. */
export function optional(
  commandLine: CommandLine,
  flag: FlagName,
): string | undefined {
  return commandLine.value(flag) || undefined;
}

/**
 * Where the command line looks for its cluster.
 *
 * @throws {UsageError} A flag is malformed.
 */
export function configSearch(
  commandLine: CommandLine,
): Omit<ConfigSearch, "host"> {
  return {
    path: kubeconfigPath(
      optional(commandLine, "kubeconfig"),
      "the flag --kubeconfig",
    ),
    context: optional(commandLine, "context"),
    overrides: overridesOf(commandLine),
  };
}

/** The fields of a kubeconfig that the flags replace. */
export function overridesOf(commandLine: CommandLine): ConfigOverrides {
  const value = (flag: FlagName) => optional(commandLine, flag);
  const path = (flag: FlagName) => {
    const given = value(flag);
    return given === undefined ? undefined : resolve(given);
  };
  // As in kubectl, `=false` does not replace a true.
  const isInsecure = commandLine.has("insecure-skip-tls-verify");
  return {
    context: { cluster: value("cluster"), user: value("user") },
    cluster: {
      server: value("server"),
      "tls-server-name": value("tls-server-name"),
      "certificate-authority": path("certificate-authority"),
      "insecure-skip-tls-verify": isInsecure || undefined,
    },
    user: {
      token: value("token"),
      "client-certificate": path("client-certificate"),
      "client-key": path("client-key"),
      as: value("as"),
      "as-uid": value("as-uid"),
      "as-groups": commandLine.values("as-group"),
      "as-user-extra": extraOf(commandLine),
    },
  };
}

/** The values of each name. */
function extraOf(
  commandLine: CommandLine,
): Readonly<Record<string, readonly string[]>> | undefined {
  const pairs = commandLine.values("as-user-extra");
  if (pairs.length === 0) return undefined;
  const extra = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) {
      throw new UsageError(
        "invalid argument for --as-user-extra: expected NAME=VALUE",
        commandLine.command,
      );
    }
    const name = pair.slice(0, at);
    extra.set(name, [...extra.get(name) ?? [], pair.slice(at + 1)]);
  }
  return Object.fromEntries(extra);
}

/**
 * How long a request may take, in milliseconds; null: as long as it takes. As
 * in kubectl, a number without a unit is seconds.
 *
 * @throws {UsageError} It is neither a number nor a duration.
 */
export function requestTimeoutOf(commandLine: CommandLine): number | null {
  const text = optional(commandLine, "request-timeout") ?? "0";
  const timeout = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : parseDuration(text);
  if (timeout !== null && timeout <= LONGEST_DELAY) return timeout || null;
  throw new UsageError(
    `invalid argument "${text}" for --request-timeout: expected seconds, ` +
      "or a duration like 5s, 2m or 3h",
    commandLine.command,
  );
}
