import type { CallContext } from "../call.ts";
import type {
  KubeObject,
  ObjectList,
  Stored,
} from "../../client/kube_object.ts";
import { isRecord } from "../../json.ts";
import { type Resource, withTypeMeta } from "../../client/resource.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import type {
  CollectionOptions,
  ListAllOptions,
  ListOptions,
} from "./call_options.ts";
import {
  fetchObject,
  prepareVerb,
  type Verb,
  type VerbCall,
} from "./verb_call.ts";

/** The default page size, as in client-go. */
const PAGE = 500;

/** The objects that the options select, as parts of a verb. */
function listRequest(
  options: ListOptions,
): Pick<Verb, "query" | "allNamespaces"> {
  const { labelSelector, fieldSelector, allNamespaces } = options;
  return { query: { labelSelector, fieldSelector }, allNamespaces };
}

/**
 * Checks a watch of the objects that the options select.
 *
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function prepareWatch(
  context: CallContext,
  options: CollectionOptions,
): VerbCall {
  const verb = { verb: "watch", method: "GET", ...listRequest(options) };
  return prepareVerb(context, verb, options);
}

/** The field selector of the object with a name. */
export function nameSelector(name: string): string {
  // The characters that have a meaning in selectors are escaped.
  return `metadata.name=${name.replaceAll(/[\\,=]/g, "\\$&")}`;
}

/**
 * Requests one page of a list. Servers omit `apiVersion` and `kind` in the items
 * of a list; they are filled in.
 *
 * @throws {RangeError} The limit is not a whole number above 0.
 * @throws {ProtocolError} The answer is not a list.
 */
export async function listPage<T extends KubeObject>(
  context: CallContext,
  options: ListOptions,
): Promise<ObjectList<T>> {
  const verb = listVerb(context.resource, options);
  const list = await fetchObject(context, verb, options);
  if (!isList<T>(list)) {
    const { action } = prepareVerb(context, verb, options);
    throw new ProtocolError(`Cannot ${action}: the answer is not a list`);
  }
  const { metadata = {}, items } = list;
  return {
    ...list,
    metadata,
    items: (items ?? []).map((item) => withTypeMeta(context.resource, item)),
  };
}

/**
 * The pages of a list, one after the other.
 *
 * @param recover Returns another `continue` token after a failure, or undefined.
 */
export async function* listPages<T extends KubeObject>(
  context: CallContext,
  options: ListAllOptions,
  recover: (error: unknown) => string | undefined = () => undefined,
): AsyncGenerator<ObjectList<T>, void> {
  const limit = options.limit ?? PAGE;
  let token: string | undefined;
  do {
    try {
      const wanted = { ...options, limit, continue: token };
      const page = await listPage<T>(context, wanted);
      token = page.metadata.continue;
      yield page;
    } catch (error) {
      const other = token && recover(error);
      if (!other || other === token) throw error;
      token = other;
    }
  } while (token);
}

/**
 * The objects of a list, requested in pages. If the list's snapshot expires
 * between two pages (410), the server's replacement token is used: the rest of
 * the objects in their current state.
 */
export async function* listAll<T extends KubeObject>(
  context: CallContext,
  options: ListAllOptions,
): AsyncGenerator<Stored<T>, void> {
  const pages = listPages<T>(context, options, replacementToken);
  for await (const { items } of pages) yield* items;
}

/** The token that the server offers in place of an expired one. */
function replacementToken(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.httpStatus !== 410) {
    return undefined;
  }
  const token = error.apiStatus?.metadata?.continue;
  return typeof token === "string" ? token : undefined;
}

/** Servers written in Go may send null for an empty list of items. */
function isList<T extends KubeObject>(
  value: unknown,
): value is ObjectList<T> & { items: Stored<T>[] | null } {
  if (!isRecord(value)) return false;
  const { items, metadata = {} } = value;
  if (!isRecord(metadata)) return false;
  if (items === null) return true;
  return Array.isArray(items) && items.every(isObject);
}

function isObject(item: unknown): boolean {
  return isRecord(item) && isRecord(item.metadata);
}

function listVerb(resource: Resource, options: ListOptions): Verb {
  const { limit } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new RangeError(
      `Cannot list ${resource.plural}: the limit ${limit} is not a whole number above 0`,
    );
  }
  const { query, allNamespaces } = listRequest(options);
  return {
    verb: "list",
    method: "GET",
    query: { ...query, limit, continue: options.continue },
    allNamespaces,
  };
}
