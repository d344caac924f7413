import { ConfigurationError } from "../errors.ts";
import type { Folder } from "./folder.ts";
import { type Fields, isFields, Section } from "./section.ts";

/** What one kubeconfig says, or several merged into one. */
export interface KubeconfigDocument {
  /** What the files are, for messages. */
  readonly origin: string;
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, Section>;
  readonly contexts: ReadonlyMap<string, Section>;
  readonly users: ReadonlyMap<string, Section>;
}

/**
 * Reads a parsed kubeconfig. Fields of an entry are looked at when they are
 * used, so that one broken user does not stop the others.
 *
 * @param origin The file, for messages.
 * @param folder Where relative paths count from; null when not known.
 * @throws {ConfigurationError} It is no kubeconfig.
 */
export function readDocument(
  value: unknown,
  origin: string,
  folder: Folder | null,
): KubeconfigDocument {
  const fields = value ?? {};
  if (!isFields(fields)) throw malformed(origin, "it is not a mapping");
  const root = new Section(fields, origin, folder);
  if ((root.string("kind") ?? "Config") !== "Config") {
    throw malformed(origin, "its kind is not Config");
  }
  if ((root.string("apiVersion") ?? "v1") !== "v1") {
    throw malformed(origin, "its apiVersion is not v1");
  }
  return {
    origin,
    currentContext: root.string("current-context") ?? null,
    clusters: entries(fields, "clusters", "cluster", origin, folder),
    contexts: entries(fields, "contexts", "context", origin, folder),
    users: entries(fields, "users", "user", origin, folder),
  };
}

/** Whether there is nothing in it that could name a cluster. */
export function isEmpty(document: KubeconfigDocument): boolean {
  return document.currentContext === null && document.clusters.size === 0 &&
    document.contexts.size === 0 && document.users.size === 0;
}

/**
 * Merges as kubectl does: the first file that has an entry, or a current
 * context, is the one that counts, and entries are taken whole.
 */
export function mergeDocuments(
  documents: readonly KubeconfigDocument[],
): KubeconfigDocument {
  const merge = (key: "clusters" | "contexts" | "users") =>
    new Map(documents.toReversed().flatMap((it) => [...it[key]]));
  return {
    origin: documents.map((it) => it.origin).join(", "),
    currentContext: documents.map((it) => it.currentContext)
      .find((it) => it !== null) ?? null,
    clusters: merge("clusters"),
    contexts: merge("contexts"),
    users: merge("users"),
  };
}

/** The entries by name. As for kubectl, one may lack a name, or be null. */
function entries(
  root: Fields,
  key: string,
  kind: string,
  origin: string,
  folder: Folder | null,
): Map<string, Section> {
  const list = Object.hasOwn(root, key) ? root[key] ?? [] : [];
  if (!Array.isArray(list)) throw malformed(origin, `${key} is not a list`);
  const found = new Map<string, Section>();
  list.forEach((item: unknown, index) => {
    const place = `${key}[${index}]`;
    const entry = item ?? {};
    if (!isFields(entry)) throw malformed(origin, `${place} is not a mapping`);
    const name = new Section(entry, `${place} in ${origin}`, null)
      .string("name") ?? "";
    if (found.has(name)) {
      throw malformed(origin, `there are two ${key} named "${name}"`);
    }
    const fields = Object.hasOwn(entry, kind) ? entry[kind] ?? {} : {};
    if (!isFields(fields)) {
      throw malformed(origin, `${place}.${kind} is not a mapping`);
    }
    const title = `the ${kind} "${name}" in ${origin}`;
    found.set(name, new Section(fields, title, folder));
  });
  return found;
}

function malformed(origin: string, problem: string): ConfigurationError {
  return new ConfigurationError(`Cannot read ${origin}: ${problem}`);
}
