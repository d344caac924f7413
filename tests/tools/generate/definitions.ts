import { extras, kinds } from "./kinds.ts";
import type { OpenApi, Schema } from "./openapi.ts";

const PREFIX = "io.k8s.";

/** A definition that becomes an interface. */
export interface Definition {
  /** The interface, for example `PodSpec`. */
  readonly name: string;
  /** The file, for example `core_v1`. */
  readonly module: string;
  readonly schema: Schema;
  /** The required fields. */
  readonly required: ReadonlySet<string>;
  /** Whether it is a resource, with `apiVersion` and `kind`. */
  readonly object: boolean;
}

/** Every definition reachable from the kinds, by full name, sorted. */
export function selectDefinitions(
  { definitions }: OpenApi,
): Map<string, Definition> {
  const reached = new Map<string, Definition>();
  const names = new Map<string, string>();
  const waiting = [...kinds.map(({ definition }) => definition), ...extras]
    .map((name) => PREFIX + name);
  for (const full of waiting) {
    const schema = definitions[full];
    if (schema === undefined) throw new Error(`There is no definition ${full}`);
    if (schema.properties === undefined || reached.has(full)) continue;
    const definition = define(full, schema);
    const other = names.get(definition.name);
    if (other !== undefined) {
      throw new Error(`${full} and ${other} would have the same name`);
    }
    names.set(definition.name, full);
    reached.set(full, definition);
    waiting.push(...referencesIn(schema));
  }
  return new Map([...reached].sort(([a], [b]) => a < b ? -1 : 1));
}

/** The full name of a reference's target. */
export function referenced(reference: string): string {
  return reference.slice("#/definitions/".length);
}

function define(full: string, schema: Schema): Definition {
  const [name = "", version = "", group = ""] = full.split(".").reverse();
  const kind = kinds.find(({ definition }) => PREFIX + definition === full);
  const required = new Set(schema.required);
  if (kind?.spec) required.add("spec");
  const object = schema.properties?.apiVersion !== undefined &&
    schema.properties?.metadata !== undefined;
  return { name, module: `${group}_${version}`, schema, required, object };
}

function* referencesIn(schema: Schema): Generator<string> {
  if (schema.$ref !== undefined) yield referenced(schema.$ref);
  const { items, additionalProperties, properties = {} } = schema;
  const parts = [items, additionalProperties, ...Object.values(properties)];
  for (const part of parts) {
    if (part !== undefined) yield* referencesIn(part);
  }
}
