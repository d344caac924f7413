import { decodeBase64, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import { refuse } from "./checks.ts";
import { type Folder, isAbsolute, pathFrom } from "./folder.ts";

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
export class Section {
  /** For messages, for example `the user "alice" in /home/alice/.kube/config`. */
  readonly title: string;
  readonly #fields: Fields;
  readonly #folder: Folder | null;

  constructor(fields: Fields, title: string, folder: Folder | null) {
    this.#fields = fields;
    this.title = title;
    this.#folder = folder;
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
  section(name: string): Section | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    if (!isFields(value)) refuse(this.label(name), "it must be a mapping");
    return new Section(value, this.label(name), this.#folder);
  }

  /** The mappings of a list, each as a section of its own. */
  sections(name: string): Section[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) refuse(this.label(name), "it must be a list");
    return value.map((item: unknown, index) => {
      const label = this.label(`${name}[${index}]`);
      if (!isFields(item)) refuse(label, "it must be a mapping");
      return new Section(item, label, this.#folder);
    });
  }

  /** The names of this section's fields. */
  names(): string[] {
    return Object.keys(this.#fields);
  }

  /** A path, which counts from the kubeconfig's own folder. */
  path(name: string): string | undefined {
    const path = this.string(name);
    if (path === undefined) return undefined;
    if (this.#folder !== null) return pathFrom(this.#folder, path);
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
