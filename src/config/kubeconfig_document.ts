import { decodeBase64, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import { isRecord } from "../json.ts";
import { isQuotable, looksLikeContent, quote } from "../redact.ts";
import {
  type BaseDirectory,
  isAbsolute,
  resolvePath,
  resolveProgram,
} from "./files.ts";
import { refuse } from "./validate.ts";

/** The content of one kubeconfig, or of several merged into one. */
export interface KubeconfigDocument {
  /** The files, for messages. */
  readonly origin: string;
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, Mapping>;
  readonly contexts: ReadonlyMap<string, Mapping>;
  readonly users: ReadonlyMap<string, Mapping>;
}

/**
 * Reads a parsed kubeconfig. The fields of an entry are checked on use, so that
 * one broken user does not affect the others.
 *
 * @param origin The file, for messages.
 * @param directory The base of relative paths; null if unknown.
 * @throws {ConfigurationError} It is not a kubeconfig.
 */
export function readDocument(
  value: unknown,
  origin: string,
  directory: BaseDirectory | null,
): KubeconfigDocument {
  const fields = value ?? {};
  if (!isRecord(fields)) throw malformed(origin, "it is not a mapping");
  const root = new Mapping(fields, origin, directory);
  if ((root.string("kind") ?? "Config") !== "Config") {
    throw malformed(origin, "its kind is not Config");
  }
  if ((root.string("apiVersion") ?? "v1") !== "v1") {
    throw malformed(origin, "its apiVersion is not v1");
  }
  return {
    origin,
    currentContext: root.string("current-context") ?? null,
    clusters: readEntries(fields, "clusters", "cluster", origin, directory),
    contexts: readEntries(fields, "contexts", "context", origin, directory),
    users: readEntries(fields, "users", "user", origin, directory),
  };
}

/** Whether it has nothing that could name a cluster. */
export function isEmpty(document: KubeconfigDocument): boolean {
  return document.currentContext === null && document.clusters.size === 0 &&
    document.contexts.size === 0 && document.users.size === 0;
}

/**
 * Merges as kubectl does: the first file with an entry, or with a current
 * context, takes precedence, and entries are never combined.
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

/** The entries by name. As in kubectl, a name or an entry may be missing. */
function readEntries(
  root: Readonly<Record<string, unknown>>,
  key: string,
  kind: string,
  origin: string,
  directory: BaseDirectory | null,
): Map<string, Mapping> {
  const list = Object.hasOwn(root, key) ? root[key] ?? [] : [];
  if (!Array.isArray(list)) throw malformed(origin, `${key} is not a list`);
  const found = new Map<string, Mapping>();
  list.forEach((item: unknown, index) => {
    const position = `${key}[${index}]`;
    const entry = item ?? {};
    if (!isRecord(entry)) {
      throw malformed(origin, `${position} is not a mapping`);
    }
    const name = new Mapping(entry, `${position} in ${origin}`, null)
      .string("name") ?? "";
    if (found.has(name)) {
      throw malformed(origin, `there are two ${key} named ${quote(name)}`);
    }
    const fields = Object.hasOwn(entry, kind) ? entry[kind] ?? {} : {};
    if (!isRecord(fields)) {
      throw malformed(origin, `${position}.${kind} is not a mapping`);
    }
    const title = `the ${kind} ${quote(name)} in ${origin}`;
    found.set(name, new Mapping(fields, title, directory));
  });
  return found;
}

function malformed(origin: string, problem: string): ConfigurationError {
  return new ConfigurationError(`Cannot read ${origin}: ${problem}`);
}

/** The fields for the content of a file instead of its path. */
const INLINE: Readonly<Record<string, string>> = {
  "certificate-authority": "certificate-authority-data for its base64",
  "client-certificate": "client-certificate-data for its base64",
  "client-key": "client-key-data for its base64",
  tokenFile: "token",
};

/**
 * A mapping of a kubeconfig, such as a cluster, a context or a user, read field
 * by field. As in kubectl, null and an empty string mean that a field is not
 * set, and a number or a boolean is not a string.
 */
export class Mapping {
  /** For messages, for example `the user "alice" in /home/alice/.kube/config`. */
  readonly title: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #directory: BaseDirectory | null;
  /** The fields that flags of a command line have set. */
  readonly #flags: readonly string[];

  constructor(
    fields: Readonly<Record<string, unknown>>,
    title: string,
    directory: BaseDirectory | null,
    flags: ReadonlyArray<string> = [],
  ) {
    this.#fields = fields;
    this.title = title;
    this.#directory = directory;
    this.#flags = flags;
  }

  /** This mapping with other values of some fields, which flags have set. */
  overridden(fields: Readonly<Record<string, unknown>>): Mapping {
    const all = { ...this.#fields, ...fields };
    const names = [...this.#flags, ...Object.keys(fields)];
    return new Mapping(all, this.title, this.#directory, names);
  }

  /** What messages call a field. */
  label(name: string): string {
    // The flags have the names of the fields; a list has a flag for each item.
    if (this.#flags.includes(name)) {
      return `the flag --${name === "as-groups" ? "as-group" : name}`;
    }
    return `${isQuotable(name) ? name : "a field"} of ${this.title}`;
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

  mapping(name: string): Mapping | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    if (!isRecord(value)) refuse(this.label(name), "it must be a mapping");
    return new Mapping(value, this.label(name), this.#directory);
  }

  mappings(name: string): Mapping[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) refuse(this.label(name), "it must be a list");
    return value.map((item: unknown, index) => {
      const label = this.label(`${name}[${index}]`);
      if (!isRecord(item)) refuse(label, "it must be a mapping");
      return new Mapping(item, label, this.#directory);
    });
  }

  keys(): string[] {
    return Object.keys(this.#fields);
  }

  /** A path, relative to the kubeconfig's own directory. */
  path(name: string): string | undefined {
    return this.#path(name, resolvePath);
  }

  /** A program: a path as {@linkcode Mapping.path}, or a name without one. */
  program(name: string): string | undefined {
    const isName = !/[/\\]/.test(this.string(name) ?? "");
    return isName ? this.string(name) : this.#path(name, resolveProgram);
  }

  #path(name: string, resolve: typeof resolvePath): string | undefined {
    const path = this.string(name);
    if (path === undefined) return undefined;
    if (looksLikeContent(path)) {
      refuse(
        this.label(name),
        "it is the content of a file, where a path belongs" +
          (INLINE[name] ? `; use ${INLINE[name]}` : ""),
      );
    }
    if (this.#directory !== null) return resolve(this.#directory, path);
    if (isAbsolute(path, false) || isAbsolute(path, true)) return path;
    throw new ConfigurationError(
      `Cannot use ${this.label(name)}: the path is relative, and the ` +
        "kubeconfig's own directory is not known",
    );
  }

  /** Base64 data, decoded as UTF-8. */
  base64(name: string): string | undefined {
    const encoded = this.string(name);
    if (encoded === undefined) return undefined;
    try {
      return decodeText(decodeBase64(encoded));
    } catch {
      refuse(this.label(name), "it is not base64");
    }
  }

  /** The field's value, unchecked. */
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

/** kubectl reads YAML 1.1, which has more booleans than YAML 1.2. */
const YES = /^(y|yes|on)$/i;
const NO = /^(n|no|off)$/i;

function asBoolean(value: unknown, label: string): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && YES.test(value)) return true;
  if (typeof value === "string" && NO.test(value)) return false;
  refuse(label, "it must be true or false");
}
