import type { Host } from "../platform/host.ts";
import type { Bytes } from "../bytes.ts";
import { defaultPaths } from "./default_paths.ts";
import {
  isEmpty,
  type KubeconfigDocument,
  mergeDocuments,
  readDocument,
} from "./document.ts";
import { ifPresent, readBytes } from "./files.ts";
import { folderOf } from "./folder.ts";
import { Kubeconfig } from "./kubeconfig.ts";
import {
  decodeFile,
  parseJsonText,
  type ParseYaml,
  parseYamlText,
} from "./text.ts";

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
  const bytes = await readBytes(reading.host, path, originOf(path));
  const document = await documentOf(path, bytes, reading);
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
  const { host } = reading;
  const { paths, merged } = defaultPaths(host);
  const documents: KubeconfigDocument[] = [];
  for (const path of paths) {
    const bytes = await ifPresent(readBytes(host, path, originOf(path)));
    if (bytes === null) continue;
    documents.push(await documentOf(path, bytes, reading));
    if (!merged) break;
  }
  const document = mergeDocuments(documents.filter((it) => !isEmpty(it)));
  if (isEmpty(document)) return null;
  return new Kubeconfig(document, host, reading.context);
}

async function documentOf(
  path: string,
  bytes: Bytes,
  { host, yaml }: Reading,
): Promise<KubeconfigDocument> {
  const origin = originOf(path);
  const text = decodeFile(bytes, origin);
  const json = parseJsonText(text);
  const value = json ? json.value : parseYamlText(text, origin, await yaml());
  return readDocument(value, origin, folderOf(path, host.windows));
}

function originOf(path: string): string {
  return `the kubeconfig ${path}`;
}
