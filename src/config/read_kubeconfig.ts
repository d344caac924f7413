import type { Bytes } from "../bytes.ts";
import type { Host } from "../platform/host.ts";
import { splitPathList } from "../platform/windows_program.ts";
import { isQuotable } from "../redact.ts";
import {
  directoryOf,
  joinPath,
  readBytes,
  readEnv,
  readIfExists,
} from "./files.ts";
import { Kubeconfig } from "./kubeconfig.ts";
import {
  isEmpty,
  type KubeconfigDocument,
  mergeDocuments,
  readDocument,
} from "./kubeconfig_document.ts";
import {
  decodeFile,
  type LoadYaml,
  parseJsonText,
  parseYamlText,
} from "./kubeconfig_text.ts";
import type { ConfigOverrides } from "./overrides.ts";
import { kubeconfigPath } from "./validate.ts";

/** How to read a kubeconfig. */
export interface ReadOptions {
  readonly host: Host;
  /** Called only if a file is not JSON. */
  readonly loadYaml: LoadYaml;
  /** Replaces the current context. */
  readonly context?: string;
  /** Replaces fields of the context, its cluster and its user. */
  readonly overrides?: ConfigOverrides;
}

/**
 * Reads the kubeconfig at `path`.
 *
 * @throws {ConfigurationError} It is missing, or not a kubeconfig.
 */
export async function readKubeconfig(
  path: string,
  options: ReadOptions,
): Promise<Kubeconfig> {
  const bytes = await readBytes(options.host, path, originOf(path));
  const document = await parseDocument(path, bytes, options);
  return new Kubeconfig(document, options);
}

/**
 * Reads the kubeconfigs at kubectl's default paths, merged into one.
 *
 * @returns Null if there are none, or only empty ones.
 * @throws {ConfigurationError} A file is not a kubeconfig.
 */
export async function readDefaultKubeconfig(
  options: ReadOptions,
): Promise<Kubeconfig | null> {
  const { host } = options;
  const { paths, merged } = defaultPaths(host);
  const documents: KubeconfigDocument[] = [];
  for (const path of paths) {
    const bytes = await readIfExists(readBytes(host, path, originOf(path)));
    if (bytes === null) continue;
    documents.push(await parseDocument(path, bytes, options));
    if (!merged) break;
  }
  const document = mergeDocuments(documents.filter((it) => !isEmpty(it)));
  if (isEmpty(document)) return null;
  return new Kubeconfig(document, options);
}

async function parseDocument(
  path: string,
  bytes: Bytes,
  { host, loadYaml }: ReadOptions,
): Promise<KubeconfigDocument> {
  const origin = originOf(path);
  const text = decodeFile(bytes, origin);
  const json = parseJsonText(text);
  const value = json
    ? json.value
    : parseYamlText(text, origin, await loadYaml());
  return readDocument(value, origin, directoryOf(path, host.windows));
}

function originOf(path: string): string {
  return isQuotable(path) ? `the kubeconfig ${path}` : "the kubeconfig";
}

/** The paths at which kubectl looks for kubeconfigs. */
interface DefaultPaths {
  readonly paths: readonly string[];
  /** Whether to merge all existing files; otherwise the first one is used. */
  readonly merged: boolean;
}

/**
 * The paths in `KUBECONFIG`; if it is not set, `.kube/config` in the home
 * directory, for which Windows has several variables (client-go,
 * `util/homedir`).
 *
 * @throws {ConfigurationError} The runtime denies permission, or the variable
 * contains a kubeconfig's text.
 */
export function defaultPaths(host: Host): DefaultPaths {
  const list = readEnv(host, "KUBECONFIG");
  if (list !== undefined) {
    const paths = splitPathList(list, host.windows).filter((path) =>
      path !== ""
    );
    // As a whole too: the text of a kubeconfig falls into harmless pieces.
    for (const path of [list, ...paths]) {
      kubeconfigPath(path, "the environment variable KUBECONFIG");
    }
    return { paths: [...new Set(paths)], merged: true };
  }
  const paths = homes(host).map((home) =>
    joinPath(joinPath(home, ".kube", host.windows), "config", host.windows)
  );
  return { paths: [...new Set(paths)], merged: false };
}

/** The default paths, as messages name them. */
export function describeDefaultPaths(host: Host): string {
  const { paths, merged } = defaultPaths(host);
  if (paths.length > 0) {
    return paths.map((it) => isQuotable(it) ? it : "a path that is not shown")
      .join(", ");
  }
  return merged ? "no file: KUBECONFIG names none" : "~/.kube/config";
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
