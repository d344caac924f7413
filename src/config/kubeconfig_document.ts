import { decodeBase64, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import { type BaseDirectory, isAbsolute, resolvePath } from "./files.ts";
import { refuse } from "./validate.ts";

/** What one kubeconfig says, or several merged into one. */
export interface KubeconfigDocument {
  /** What the files are, for messages. */
  readonly origin: string;
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, Mapping>;
  readonly contexts: ReadonlyMap<string, Mapping>;
  readonly users: ReadonlyMap<string, Mapping>;
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
  folder: BaseDirectory | null,
): KubeconfigDocument {
  const fields = value ?? {};
  if (!isFields(fields)) throw malformedError(origin, "it is not a mapping");
  const root = new Mapping(fields, origin, folder);
  if ((root.string("kind") ?? "Config") !== "Config") {
    throw malformedError(origin, "its kind is not Config");
  }
  if ((root.string("apiVersion") ?? "v1") !== "v1") {
    throw malformedError(origin, "its apiVersion is not v1");
  }
  return {
    origin,
    currentContext: root.string("current-context") ?? null,
    clusters: readEntries(fields, "clusters", "cluster", origin, folder),
    contexts: readEntries(fields, "contexts", "context", origin, folder),
    users: readEntries(fields, "users", "user", origin, folder),
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
function readEntries(
  root: Fields,
  key: string,
  kind: string,
  origin: string,
  folder: BaseDirectory | null,
): Map<string, Mapping> {
  const list = Object.hasOwn(root, key) ? root[key] ?? [] : [];
  if (!Array.isArray(list)) {
    throw malformedError(origin, `${key} is not a list`);
  }
  const found = new Map<string, Mapping>();
  list.forEach((item: unknown, index) => {
    const place = `${key}[${index}]`;
    const entry = item ?? {};
    if (!isFields(entry)) {
      throw malformedError(origin, `${place} is not a mapping`);
    }
    const name = new Mapping(entry, `${place} in ${origin}`, null)
      .string("name") ?? "";
    if (found.has(name)) {
      throw malformedError(origin, `there are two ${key} named "${name}"`);
    }
    const fields = Object.hasOwn(entry, kind) ? entry[kind] ?? {} : {};
    if (!isFields(fields)) {
      throw malformedError(origin, `${place}.${kind} is not a mapping`);
    }
    const title = `the ${kind} "${name}" in ${origin}`;
    found.set(name, new Mapping(fields, title, folder));
  });
  return found;
}

function malformedError(origin: string, problem: string): ConfigurationError {
  return new ConfigurationError(`Cannot read ${origin}: ${problem}`);
}

/** The fields of a mapping, as a parser gave them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a mapping, as JSON and YAML have them. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One cluster, context or user of a kubeconfig, read field by field. As in
 * kubectl, null and an empty string are the same as no field, and a number or
 * a boolean is no string.
 */
export class Mapping {
  /** For messages, for example `the user "alice" in /home/alice/.kube/config`. */
  readonly title: string;
  readonly #fields: Fields;
  readonly #directory: BaseDirectory | null;

  constructor(fields: Fields, title: string, folder: BaseDirectory | null) {
    this.#fields = fields;
    this.title = title;
    this.#directory = folder;
  }

  /** How messages call a field. */
  label(name: string): string {
    return `${name} of ${this.title}`;
  }

  has(name: string): boolean {
    const value = this.value(name);
    return value !== undefined && value !== null;
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === null || value === "") return undefined;
    return asString(value, this.label(name));
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (value === undefined || value === null) return false;
    return asBoolean(value, this.label(name));
  }

  strings(name: string): string[] {
    const value = this.value(name) ?? [];
    const label = this.label(name);
    if (!Array.isArray(value)) refuse(label, "it must be a list of strings");
    return value.map((item: unknown) => asString(item ?? "", label));
  }

  /** The field as a section of its own; undefined when there is none. */
  mapping(name: string): Mapping | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    if (!isFields(value)) refuse(this.label(name), "it must be a mapping");
    return new Mapping(value, this.label(name), this.#directory);
  }

  /** The mappings of a list, each as a section of its own. */
  mappings(name: string): Mapping[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) refuse(this.label(name), "it must be a list");
    return value.map((item: unknown, index) => {
      const label = this.label(`${name}[${index}]`);
      if (!isFields(item)) refuse(label, "it must be a mapping");
      return new Mapping(item, label, this.#directory);
    });
  }

  /** The names of this section's fields. */
  keys(): string[] {
    return Object.keys(this.#fields);
  }

  /** A path, which counts from the kubeconfig's own folder. */
  path(name: string): string | undefined {
    const path = this.string(name);
    if (path === undefined) return undefined;
    if (this.#directory !== null) return resolvePath(this.#directory, path);
    if (isAbsolute(path, false) || isAbsolute(path, true)) return path;
    throw new ConfigurationError(
      `Cannot use ${this.label(name)}: the path is relative, and the ` +
        "kubeconfig's own folder is not known",
    );
  }

  /** A field of base64 text, decoded as UTF-8. */
  base64(name: string): string | undefined {
    const encoded = this.string(name);
    if (encoded === undefined) return undefined;
    try {
      return decodeText(decodeBase64(encoded));
    } catch {
      refuse(this.label(name), "it is not base64");
    }
  }

  /** The field as it is. */
  value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}

function asString(value: unknown, label: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") {
    refuse(label, `it is a ${typeof value} and must be a string, in quotes`);
  }
  refuse(label, "it must be a string");
}

/** YAML 1.1, which kubectl reads, has more words than YAML 1.2. */
const YES = /^(y|yes|on)$/i;
const NO = /^(n|no|off)$/i;

function asBoolean(value: unknown, label: string): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && YES.test(value)) return true;
  if (typeof value === "string" && NO.test(value)) return false;
  refuse(label, "it must be true or false");
}
