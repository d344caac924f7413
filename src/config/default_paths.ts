import type { Host } from "../platform/host.ts";
import { readEnv } from "./files.ts";
import { joinPath } from "./folder.ts";

/** Where kubectl looks for kubeconfigs. */
export interface DefaultPaths {
  readonly paths: readonly string[];
  /** All that exist, merged; else the first that exists. */
  readonly merged: boolean;
}

/**
 * The paths in `KUBECONFIG`; when that is not set, `.kube/config` in the home
 * directory, for which Windows has several names (client-go, `util/homedir`).
 *
 * @throws {ConfigurationError} The runtime's permissions forbid to look.
 */
export function defaultPaths(host: Host): DefaultPaths {
  const list = readEnv(host, "KUBECONFIG");
  if (list !== undefined) {
    const paths = splitList(list, host.windows).filter((path) => path !== "");
    return { paths: [...new Set(paths)], merged: true };
  }
  const paths = homes(host).map((home) =>
    joinPath(joinPath(home, ".kube", host.windows), "config", host.windows)
  );
  return { paths: [...new Set(paths)], merged: false };
}

/** The paths, as messages name them. */
export function lookedAt(host: Host): string {
  const { paths, merged } = defaultPaths(host);
  if (paths.length > 0) return paths.join(", ");
  return merged ? "no file: KUBECONFIG names none" : "~/.kube/config";
}

/** A list of paths; on Windows a path in it may be quoted (Go, `SplitList`). */
function splitList(list: string, windows: boolean): string[] {
  if (!windows) return list.split(":");
  const paths: string[] = [];
  let path = "";
  let quoted = false;
  for (const character of `${list};`) {
    if (character === '"') quoted = !quoted;
    else if (character !== ";" || quoted) path += character;
    else {
      paths.push(path);
      path = "";
    }
  }
  return paths;
}

function homes(host: Host): string[] {
  const home = readEnv(host, "HOME");
  if (!host.windows) return home === undefined ? [] : [home];
  const drive = readEnv(host, "HOMEDRIVE");
  const path = readEnv(host, "HOMEPATH");
  return [
    home,
    drive !== undefined && path !== undefined ? drive + path : undefined,
    readEnv(host, "USERPROFILE"),
  ].filter((it) => it !== undefined);
}
