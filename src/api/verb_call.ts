import { type Bytes, decodeText, encodeText } from "../bytes.ts";
import type { Client } from "../client/client.ts";
import { callTimeout, startDeadline } from "../client/deadline.ts";
import type { Resource } from "../client/resource.ts";
import { readAll } from "../client/response_body.ts";
import { ProtocolError } from "../errors.ts";
import { resourcePath } from "../request/resource_path.ts";
import type { CallOptions } from "./call_options.ts";

/** What the verbs know of the Api that they belong to. */
export interface VerbContext {
  readonly client: Client;
  readonly resource: Resource;
  /** The Api's namespace; null falls back to the client's. */
  readonly namespace: string | null;
}

/** One verb of the Kubernetes API, as an HTTP request. */
export interface Verb {
  /** As RBAC rules call it, for example `get`. */
  readonly verb: string;
  readonly method: string;
  /** Of one object; without it the verb is the collection's. */
  readonly name?: string;
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The body's media type; `application/json` unless said. */
  readonly contentType?: string;
  /** Whether it is about every namespace's objects. */
  readonly allNamespaces?: boolean;
}

/**
 * Carries out a verb, on one clock from the credentials to the answer's end.
 *
 * @returns The answer's JSON.
 * @throws {TypeError} No name or namespace, or a bad one; nothing was sent.
 * @throws {ApiError} The answer is not 2xx.
 * @throws {ProtocolError} The answer is not JSON.
 */
export async function callVerb(
  context: VerbContext,
  verb: Verb,
  options: CallOptions,
): Promise<unknown> {
  const { client, resource } = context;
  const namespace = namespaceOf(context, verb, options);
  const action = actionOf(resource, verb, namespace);
  const path = resourcePath({
    ...resource,
    namespaced: resource.namespaced && !verb.allNamespaces,
    namespace,
    name: named(verb, action),
  }, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  const body = verb.body === undefined ? null : encode(verb.body, action);
  const deadline = startDeadline(action, timeout, options.signal);
  try {
    const response = await client.request({
      method: verb.method,
      path,
      query: queryOf(verb),
      body,
      headers: headersOf(verb),
      signal: deadline.signal,
      timeout: null,
      intent: { action, verb: verb.verb, resource: rbacName(resource) },
    });
    return decode(await readAll(response.body), action);
  } finally {
    deadline.release();
  }
}

function namespaceOf(
  context: VerbContext,
  verb: Verb,
  options: CallOptions,
): string | null {
  const { client, resource } = context;
  const asked = options.namespace ?? context.namespace;
  if (verb.allNamespaces) return null;
  if (resource.namespaced) return asked ?? client.namespace;
  if (asked === null) return null;
  throw new TypeError(
    `Cannot ${verb.verb} ${resource.plural}: they have no namespace, and "${asked}" was given`,
  );
}

function actionOf(
  resource: Resource,
  verb: Verb,
  namespace: string | null,
): string {
  const what = verb.name ? ` "${verb.name}"` : "";
  const where = namespace ? ` in namespace "${namespace}"` : "";
  return `${verb.verb} ${resource.plural}${what}${where}`;
}

/** A verb of one object must not become the collection's for want of a name. */
function named(verb: Verb, action: string): string | undefined {
  if ("name" in verb && !verb.name) {
    throw new TypeError(`Cannot ${action}: no name is given`);
  }
  return verb.name;
}

function queryOf({ query = {} }: Verb): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search;
}

function headersOf(verb: Verb): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (verb.body !== undefined) {
    headers["content-type"] = verb.contentType ?? "application/json";
  }
  return headers;
}

function rbacName({ group, plural }: Resource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function encode(body: unknown, action: string): Bytes {
  if (typeof body !== "object" || body === null) {
    throw new TypeError(`Cannot ${action}: the body must be an object`);
  }
  return encodeText(JSON.stringify(body));
}

function decode(body: Bytes, action: string): unknown {
  try {
    return JSON.parse(decodeText(body));
  } catch {
    throw new ProtocolError(`Cannot ${action}: the answer is not JSON`);
  }
}
