import type { CallContext } from "../call.ts";
import { startDeadline } from "../../client/deadline.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { ProtocolError } from "../../errors.ts";
import type { CollectionOptions } from "../verbs/call_options.ts";
import { listPages, selected } from "../verbs/listing.ts";
import { openVerb, prepareVerb, type VerbCall } from "../verbs/verb_call.ts";
import { readLines } from "./lines.ts";
import { statusError } from "./retry.ts";

/** What happened to an object. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  /** It came, it changed, it went: out of the cluster or out of the selection. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object after it; of one that is gone, its last state. */
  readonly object: Stored<T>;
}

/** How long a connection may last, so that one that is dead is found out. */
export interface ConnectionLifetime {
  /** Seconds after which the server is to end it. */
  readonly seconds: number;
  /** Milliseconds after which it is given up, since it should have ended long ago. */
  readonly timeout: number;
}

/** Under the five minutes after which some roads cut what is silent. */
const SPAN: ConnectionLifetime = { seconds: 290, timeout: 320_000 };

/** What a list found. */
export interface Listed<T extends KubeObject> {
  readonly objects: Stored<T>[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

/** An event as the server tells it: a bookmark is an object with nothing but a version. */
export interface RawEvent<T extends KubeObject> {
  readonly type: WatchEvent["type"] | "BOOKMARK";
  readonly object: Stored<T>;
}

/** The objects that options select, to be listed and watched by one request each time. */
export class Collection<T extends KubeObject> {
  /** For messages: `watch pods in namespace "team"`. */
  readonly action: string;
  readonly #context: CallContext;
  readonly #options: CollectionOptions;
  readonly #call: VerbCall;
  readonly #span: ConnectionLifetime;

  /** @throws {TypeError | RangeError} The options make no request. */
  constructor(
    context: CallContext,
    options: CollectionOptions,
    span: ConnectionLifetime = SPAN,
  ) {
    this.#context = context;
    this.#options = options;
    this.#span = span;
    const verb = { verb: "watch", method: "GET", ...selected(options) };
    this.#call = prepareVerb(context, verb, options);
    this.action = this.#call.action;
  }

  /** Everything that there is, from one snapshot. */
  async list(signal: AbortSignal): Promise<Listed<T>> {
    const objects: Stored<T>[] = [];
    let resourceVersion = "";
    const pages = listPages<T>(this.#context, { ...this.#options, signal });
    for await (const { items, metadata } of pages) {
      objects.push(...items);
      resourceVersion = metadata.resourceVersion ?? "";
    }
    return { objects, resourceVersion };
  }

  /**
   * What happens after a version, until the server ends it.
   *
   * @returns Once the server has begun to answer.
   */
  async watch(
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<RawEvent<T>, void>> {
    const deadline = startDeadline(this.action, this.#span.timeout, signal);
    try {
      const call = this.#watchCall(resourceVersion);
      const body = await openVerb(call, deadline.signal);
      return this.#events(readLines(body), deadline.release);
    } catch (error) {
      deadline.release();
      throw error;
    }
  }

  #watchCall(resourceVersion: string): VerbCall {
    const query = new URLSearchParams(this.#call.request.query);
    query.set("watch", "true");
    query.set("allowWatchBookmarks", "true");
    query.set("timeoutSeconds", String(this.#span.seconds));
    if (resourceVersion !== "") query.set("resourceVersion", resourceVersion);
    return { ...this.#call, request: { ...this.#call.request, query } };
  }

  async *#events(
    lines: AsyncGenerator<string, string>,
    release: () => void,
  ): AsyncGenerator<RawEvent<T>, void> {
    try {
      // A line that was cut off is told again after the next request.
      for await (const line of lines) {
        if (line !== "") yield this.#parse(line);
      }
    } finally {
      release();
    }
  }

  #parse(line: string): RawEvent<T> {
    let event: { type?: unknown; object?: unknown };
    try {
      event = JSON.parse(line);
    } catch {
      throw new ProtocolError(`Cannot ${this.action}: an event is not JSON`);
    }
    if (event.type === "ERROR") throw statusError(this.action, event.object);
    return event as RawEvent<T>;
  }
}
