import type { Host } from "../adapters/host.ts";
import {
  isEmpty,
  type KubeconfigDocument,
  mergeDocuments,
  readDocument,
} from "./document.ts";
import { readEnv, readFile, readFileIfPresent, readHome } from "./files.ts";
import { Kubeconfig } from "./kubeconfig.ts";
import { folderOf } from "./section.ts";
import { parseJsonText, type ParseYaml, parseYamlText } from "./text.ts";

/** How a kubeconfig is to be read. */
export interface Reading {
  readonly host: Host;
  /** Asked for the YAML parser only when a file is not JSON. */
  readonly yaml: () => ParseYaml | Promise<ParseYaml>;
  /** Used instead of the current context. */
  readonly context?: string;
}

/**
 * Reads the kubeconfig at `path`.
 *
 * @throws {ConfigurationError} It is missing, or no kubeconfig.
 */
export async function readKubeconfig(
  path: string,
  reading: Reading,
): Promise<Kubeconfig> {
  const text = await readFile(reading.host, path, `the kubeconfig ${path}`);
  const document = await documentOf(path, text, reading);
  return new Kubeconfig(document, reading.host, reading.context);
}

/**
 * Reads the kubeconfigs where kubectl looks for them, merged into one.
 *
 * @returns Null when there are none, or only empty ones.
 * @throws {ConfigurationError} One of them is no kubeconfig.
 */
export async function readDefaultKubeconfig(
  reading: Reading,
): Promise<Kubeconfig | null> {
  const documents: KubeconfigDocument[] = [];
  for (const path of defaultPaths(reading.host)) {
    const origin = `the kubeconfig ${path}`;
    const text = await readFileIfPresent(reading.host, path, origin);
    if (text === null) continue;
    documents.push(await documentOf(path, text, reading));
  }
  const merged = mergeDocuments(documents.filter((it) => !isEmpty(it)));
  if (isEmpty(merged)) return null;
  return new Kubeconfig(merged, reading.host, reading.context);
}

/** The paths in `KUBECONFIG`; without any, `~/.kube/config`. */
export function defaultPaths(host: Host): string[] {
  const listed = (readEnv(host, "KUBECONFIG") ?? "").split(host.pathDelimiter);
  const paths = [...new Set(listed.filter((path) => path !== ""))];
  if (paths.length > 0) return paths;
  const home = readHome(host);
  return home === undefined ? [] : [`${home}/.kube/config`];
}

async function documentOf(
  path: string,
  text: string,
  reading: Reading,
): Promise<KubeconfigDocument> {
  const origin = `the kubeconfig ${path}`;
  const json = parseJsonText(text);
  const value = json
    ? json.value
    : parseYamlText(text, origin, await reading.yaml());
  return readDocument(value, origin, folderOf(path));
}
