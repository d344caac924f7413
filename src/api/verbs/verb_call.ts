import { type Bytes, decodeText, encodeText } from "../../bytes.ts";
import type { ClientRequest } from "../../client/client.ts";
import { startDeadline } from "../../client/deadline.ts";
import type { Resource } from "../../client/resource.ts";
import { readAll } from "../../client/response_body.ts";
import { ProtocolError } from "../../errors.ts";
import {
  type CallContext,
  type CallTarget,
  prepareCall,
  type PreparedCall,
} from "../call.ts";
import type { CallOptions } from "./call_options.ts";

/** One verb of the Kubernetes API, as an HTTP request. */
export interface Verb extends CallTarget {
  /** As RBAC rules call it, for example `get`. */
  readonly verb: string;
  readonly method: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The body's media type; `application/json` unless said. */
  readonly contentType?: string;
}

/** A verb, checked, and not yet sent. */
export interface VerbCall extends PreparedCall {
  readonly request: ClientRequest;
}

/**
 * Makes a request of a verb.
 *
 * @throws {TypeError} No name or namespace, or a bad one.
 * @throws {RangeError} A bad timeout.
 */
export function prepareVerb(
  context: CallContext,
  verb: Verb,
  options: CallOptions,
): VerbCall {
  const { resource } = context;
  const call = prepareCall(context, verb, options);
  const { action, path } = call;
  const request = {
    method: verb.method,
    path,
    query: queryOf(verb),
    body: verb.body === undefined ? null : encode(verb.body, action),
    headers: headersOf(verb),
    intent: { action, verb: verb.verb, resource: rbacName(resource, verb) },
  };
  return { ...call, request };
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
    const response = await client.request({ ...request, deadline });
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
  context: CallContext,
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
