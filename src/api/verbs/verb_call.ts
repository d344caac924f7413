import { type Bytes, decodeText, encodeText } from "../../bytes.ts";
import type { Client, ClientRequest } from "../../client/client.ts";
import { callTimeout, startDeadline } from "../../client/deadline.ts";
import type { Resource } from "../../client/resource.ts";
import { readAll } from "../../client/response_body.ts";
import { ProtocolError } from "../../errors.ts";
import { resourcePath } from "../../request/resource_path.ts";
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
  /** For example `status`. */
  readonly subresource?: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The body's media type; `application/json` unless said. */
  readonly contentType?: string;
  /** Whether it is about every namespace's objects. */
  readonly allNamespaces?: boolean;
}

/** A verb, checked, and not yet sent. */
export interface VerbCall {
  readonly client: Client;
  /** For messages: `get pods "web-0" in namespace "team"`. */
  readonly action: string;
  readonly request: ClientRequest;
  /** Milliseconds; null for none. */
  readonly timeout: number | null;
}

/**
 * Makes a request of a verb.
 *
 * @throws {TypeError} No name or namespace, or a bad one.
 * @throws {RangeError} A bad timeout.
 */
export function prepareVerb(
  context: VerbContext,
  verb: Verb,
  options: CallOptions,
): VerbCall {
  const { client, resource } = context;
  const namespace = namespaceOf(context, verb, options);
  const action = actionOf(resource, verb, namespace);
  const path = resourcePath({
    ...resource,
    namespaced: resource.namespaced && !verb.allNamespaces,
    namespace,
    name: named(verb, action),
    subresource: verb.subresource,
  }, action);
  const request = {
    method: verb.method,
    path,
    query: queryOf(verb),
    body: verb.body === undefined ? null : encode(verb.body, action),
    headers: headersOf(verb),
    intent: { action, verb: verb.verb, resource: rbacName(resource, verb) },
  };
  const timeout = callTimeout(options.timeout, client.timeout);
  return { client, action, request, timeout };
}

/**
 * Carries out a verb, on one clock from the credentials to the answer's end.
 *
 * @returns The answer's bytes.
 * @throws {ApiError} The answer is not 2xx.
 */
export async function readVerb(
  { client, action, request, timeout }: VerbCall,
  { signal }: CallOptions,
): Promise<Bytes> {
  const deadline = startDeadline(action, timeout, signal);
  try {
    const response = await client.request({
      ...request,
      signal: deadline.signal,
      timeout: null,
    });
    return await readAll(response.body);
  } finally {
    deadline.release();
  }
}

/**
 * Carries out a verb whose answer goes on: its clock ends with the head of the
 * answer, the signal ends the body too.
 *
 * @throws {ApiError} The answer is not 2xx.
 */
export async function openVerb(
  { client, request, timeout }: VerbCall,
  signal: AbortSignal | null | undefined,
): Promise<ReadableStream<Bytes>> {
  const response = await client.request({ ...request, signal, timeout });
  return response.body;
}

/**
 * Carries out a verb, from its check to its result.
 *
 * @returns The answer's JSON.
 * @throws {ProtocolError} The answer is not JSON.
 * @throws As {@linkcode prepareVerb} and {@linkcode readVerb} do.
 */
export async function callVerb(
  context: VerbContext,
  verb: Verb,
  options: CallOptions = {},
): Promise<unknown> {
  const call = prepareVerb(context, verb, options);
  const answer = await readVerb(call, options);
  try {
    return JSON.parse(decodeText(answer));
  } catch {
    throw new ProtocolError(`Cannot ${call.action}: the answer is not JSON`);
  }
}

function namespaceOf(
  { client, resource, namespace }: VerbContext,
  { verb, allNamespaces }: Verb,
  options: CallOptions,
): string | null {
  const asked = options.namespace ?? namespace;
  if (!resource.namespaced) {
    if (asked === null && !allNamespaces) return null;
    const given = allNamespaces ? "allNamespaces" : `"${asked}"`;
    throw new TypeError(
      `Cannot ${verb} ${resource.plural}: they have no namespace, and ${given} was given`,
    );
  }
  if (!allNamespaces) return asked ?? client.namespace;
  if (options.namespace === undefined) return null;
  throw new TypeError(
    `Cannot ${verb} ${resource.plural}: all namespaces and "${options.namespace}" are asked for`,
  );
}

function actionOf(
  resource: Resource,
  verb: Verb,
  namespace: string | null,
): string {
  const part = verb.subresource ? `${verb.subresource} of ` : "";
  const what = verb.name ? ` "${verb.name}"` : "";
  const where = namespace ? ` in namespace "${namespace}"` : "";
  return `${verb.verb} ${part}${resource.plural}${what}${where}`;
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

function rbacName({ group, plural }: Resource, { subresource }: Verb): string {
  const whole = group === "" ? plural : `${plural}.${group}`;
  return subresource ? `${whole}/${subresource}` : whole;
}

function encode(body: unknown, action: string): Bytes {
  if (typeof body !== "object" || body === null) {
    throw new TypeError(`Cannot ${action}: the body must be an object`);
  }
  return encodeText(JSON.stringify(body));
}
