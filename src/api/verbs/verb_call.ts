import { ByteBuilder, type Bytes, encodeText } from "../../bytes.ts";
import type { DescribedRequest } from "../../client/cluster_client.ts";
import { startDeadline } from "../../client/deadline.ts";
import type { Resource } from "../../client/resource.ts";
import { BufferOverflowError, ProtocolError } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { readParts } from "../../transport/read_body.ts";
import {
  type CallContext,
  type CallTarget,
  prepareCall,
  type PreparedCall,
} from "../call.ts";
import { ListParser } from "./list_parser.ts";
import type { CallOptions } from "./call_options.ts";

/**
 * The maximum size of a response that is read whole, 256 MiB: below what a
 * JavaScript string can hold, and beyond what an API server sends at once.
 */
const MAX_BODY = 256 * 2 ** 20;

/** One verb of the Kubernetes API, as an HTTP request. */
export interface Verb extends CallTarget {
  /** The verb of RBAC rules, for example `get`. */
  readonly verb: string;
  readonly method: string;
  /** Undefined values are omitted. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The body's media type; defaults to `application/json`. */
  readonly contentType?: string;
}

/** A verb, checked, and not yet sent. */
export interface VerbCall extends PreparedCall {
  readonly request: DescribedRequest;
}

/**
 * Builds the request of a verb.
 *
 * @throws {TypeError} The name or namespace is missing or invalid.
 * @throws {RangeError} The timeout is invalid.
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
    retry: context.retry,
    description: {
      action,
      verb: verb.verb,
      resource: rbacName(resource, verb),
    },
  };
  return { ...call, request };
}

/**
 * Sends a verb and reads its whole response. One clock covers both.
 *
 * @throws {ApiError} The response is not 2xx.
 * @throws {BufferOverflowError} The response is longer than `limit` bytes.
 */
export async function fetchBody(
  call: VerbCall,
  options: CallOptions,
  limit: number = MAX_BODY,
): Promise<Bytes> {
  const bytes = new ByteBuilder();
  await fetchParts(call, options, (part) => bytes.append(part), limit);
  return bytes.take();
}

/** As {@linkcode fetchBody}, but hands the response over as it arrives. */
export async function fetchParts(
  { client, action, request, timeout }: VerbCall,
  { signal }: CallOptions,
  take: (part: Bytes) => void,
  limit: number = MAX_BODY,
): Promise<void> {
  const deadline = startDeadline(action, timeout, signal);
  try {
    const { body } = await client.request({ ...request, deadline });
    await readParts(body, limit, () => tooLong(action, limit), take);
  } finally {
    deadline.release();
  }
}

function tooLong(action: string, limit: number): BufferOverflowError {
  return new BufferOverflowError(
    `Cannot ${action}: the response is longer than ${limit} bytes; ` +
      "request less at a time, for example with a limit",
    { channel: null, limit, discarded: 0 },
  );
}

/**
 * Sends a verb and returns the body of its response. The timeout covers the time
 * to the head of the response; the signal aborts the body too.
 *
 * @throws {ApiError} The response is not 2xx.
 */
export async function fetchStream(
  { client, request, timeout }: VerbCall,
  signal: AbortSignal | null | undefined,
): Promise<ReadableStream<Bytes>> {
  const response = await client.request({ ...request, signal, timeout });
  return response.body;
}

/**
 * Checks and sends a verb, and parses its response.
 *
 * @returns The object in the response.
 * @throws {ProtocolError} The response is not a JSON object.
 * @throws As {@linkcode prepareVerb} and {@linkcode fetchBody} do.
 */
export async function fetchObject(
  context: CallContext,
  verb: Verb,
  options: CallOptions = {},
): Promise<unknown> {
  const call = prepareVerb(context, verb, options);
  const parser = new ListParser();
  let value: unknown;
  try {
    await fetchParts(call, options, (part) => parser.feed(part));
    value = parser.end();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ProtocolError(`Cannot ${call.action}: the answer is not JSON`);
  }
  if (isRecord(value)) return value;
  throw new ProtocolError(
    `Cannot ${call.action}: the answer is not a JSON object`,
  );
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
