import { ConfigurationError } from "../errors.ts";
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
  folder: string | null,
): KubeconfigDocument {
  const root = value ?? {};
  if (!isFields(root)) throw malformed(origin, "it is not a mapping");
  const kind = root.kind ?? "Config";
  if (kind !== "Config") throw malformed(origin, "its kind is not Config");
  const title = origin;
  const current = new Section(root, title, folder).string("current-context");
  return {
    origin,
    currentContext: current ?? null,
    clusters: entries(root, "clusters", "cluster", origin, folder),
    contexts: entries(root, "contexts", "context", origin, folder),
    users: entries(root, "users", "user", origin, folder),
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

function entries(
  root: Fields,
  key: string,
  kind: string,
  origin: string,
  folder: string | null,
): Map<string, Section> {
  const list = root[key] ?? [];
  if (!Array.isArray(list)) throw malformed(origin, `${key} is not a list`);
  const found = new Map<string, Section>();
  list.forEach((item: unknown, index) => {
    const place = `${key}[${index}]`;
    if (!isFields(item)) throw malformed(origin, `${place} is not a mapping`);
    const name = new Section(item, `${place} in ${origin}`, null)
      .string("name");
    if (name === undefined) throw malformed(origin, `${place} has no name`);
    if (found.has(name)) {
      throw malformed(origin, `there are two ${key} named "${name}"`);
    }
    const fields = item[kind] ?? {};
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
