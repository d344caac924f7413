import { ConfigurationError } from "../errors.ts";
import { refuse } from "./checks.ts";

/** The fields of a mapping, as a parser gave them. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a mapping, as JSON and YAML have them. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One cluster, context or user of a kubeconfig, read field by field. As in
 * kubectl, an empty string is the same as no field, and YAML's unquoted
 * numbers and booleans do for strings.
 */
export class Section {
  /** For messages, for example `the user "alice" in /home/alice/.kube/config`. */
  readonly title: string;
  readonly #fields: Fields;
  readonly #folder: string | null;

  constructor(fields: Fields, title: string, folder: string | null) {
    this.#fields = fields;
    this.title = title;
    this.#folder = folder;
  }

  /** How messages call a field. */
  label(name: string): string {
    return `${name} of ${this.title}`;
  }

  has(name: string): boolean {
    const value = this.#value(name);
    return value !== undefined && value !== null;
  }

  string(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "number" || typeof value === "boolean") {
      return String(value);
    }
    if (typeof value !== "string") refuse(this.label(name), "it is no string");
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#value(name);
    if (value === undefined || value === null) return false;
    if (typeof value !== "boolean") {
      refuse(this.label(name), "it must be true or false");
    }
    return value;
  }

  strings(name: string): string[] {
    const value = this.#value(name) ?? [];
    if (!Array.isArray(value) || value.some((it) => typeof it !== "string")) {
      refuse(this.label(name), "it must be a list of strings");
    }
    return value;
  }

  /** The field as a section of its own; undefined when there is none. */
  section(name: string): Section | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#value(name);
    if (!isFields(value)) refuse(this.label(name), "it must be a mapping");
    return new Section(value, this.label(name), this.#folder);
  }

  /** The names of this section's fields. */
  names(): string[] {
    return Object.keys(this.#fields);
  }

  /** A path, which counts from the kubeconfig's own folder. */
  path(name: string): string | undefined {
    const path = this.string(name);
    if (path === undefined || isAbsolute(path)) return path;
    if (this.#folder === null) {
      throw new ConfigurationError(
        `Cannot use ${this.label(name)}: the path is relative, and the ` +
          "kubeconfig's own folder is not known",
      );
    }
    return `${this.#folder}/${path}`;
  }

  /** A field of base64 text, decoded as UTF-8. */
  base64(name: string): string | undefined {
    const encoded = this.string(name);
    if (encoded === undefined) return undefined;
    try {
      const bytes = Uint8Array.from(atob(encoded), (it) => it.charCodeAt(0));
      return new TextDecoder().decode(bytes);
    } catch {
      refuse(this.label(name), "it is not base64");
    }
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}

/** The folder of a file's path. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end) || "/";
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path);
}
