import { mapTexts, readStatus } from "../../channel/status_frame.ts";
import { defaultReason } from "../../client/api_error.ts";
import { startDeadline } from "../../client/deadline.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import { retryAfterOfStatus } from "../../http/retry_after.ts";
import { isRecord } from "../../json.ts";
import type { Status } from "../../status.ts";
import type { CallContext } from "../call.ts";
import type { CollectionOptions } from "../verbs/call_options.ts";
import { listPages, prepareWatch } from "../verbs/listing.ts";
import { fetchStream, type VerbCall } from "../verbs/verb_call.ts";
import { readLines } from "../../streams/read_lines.ts";

/** What happened to an object. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  /** `DELETED` also if the object no longer matches the selector. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object after the change; for `DELETED`, its last state. */
  readonly object: Stored<T>;
}

/** How long one connection of a watch lasts, so that a dead one is noticed. */
export interface ConnectionLifetime {
  /** After this, in seconds, the server ends the connection. */
  readonly seconds: number;
  /** After this, in milliseconds, the connection is given up. */
  readonly timeout: number;
}

/** Below the five minutes after which some proxies cut an idle connection. */
const LIFETIME: ConnectionLifetime = { seconds: 290, timeout: 320_000 };

/** A watch that ends sooner without an event has failed, as in client-go. */
const MIN_DURATION = 1_000;

/** The objects of a list. */
export interface ListResult<T extends KubeObject> {
  readonly objects: Stored<T>[];
  /** Where a watch continues. */
  readonly resourceVersion: string;
}

/** An event of the server; a bookmark's object only has a `resourceVersion`. */
export interface ServerEvent<T extends KubeObject> {
  readonly type: WatchEvent["type"] | "BOOKMARK";
  readonly object: Stored<T>;
}

const EVENT_TYPES = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"];

/**
 * A watch was answered with 2xx, but without events: the response ended at once,
 * or has a line that is no event. Unlike other protocol errors it is retried: an
 * API server answers so for a version that is too old for some resources, such
 * as Events (kubernetes/kubernetes#104171), and a proxy while its server
 * restarts.
 */
export class NoEventsError extends ProtocolError {
  /** Whether the response was empty, rather than something else than events. */
  readonly empty: boolean;

  constructor(message: string, empty: boolean) {
    super(message);
    this.empty = empty;
  }
}

/** The objects that options select, to list and watch with one request each. */
export class Collection<T extends KubeObject> {
  /** For messages: `watch pods in namespace "team"`. */
  readonly action: string;
  /** How often a first request that is refused for now is repeated. */
  readonly retryLimit: number;
  readonly #context: CallContext;
  readonly #options: CollectionOptions;
  readonly #call: VerbCall;
  readonly #lifetime: ConnectionLifetime;

  /** @throws {TypeError | RangeError} An option is invalid. */
  constructor(
    context: CallContext,
    options: CollectionOptions,
    lifetime: ConnectionLifetime = LIFETIME,
  ) {
    this.#context = { ...context, retry: false };
    this.retryLimit = context.client.retryLimit;
    this.#options = options;
    this.#lifetime = lifetime;
    this.#call = prepareWatch(this.#context, options);
    this.action = this.#call.action;
  }

  /** Lists all objects, from one snapshot. */
  async list(signal: AbortSignal): Promise<ListResult<T>> {
    const objects: Stored<T>[] = [];
    let resourceVersion = "";
    const pages = listPages<T>(this.#context, { ...this.#options, signal });
    for await (const { items, metadata } of pages) {
      for (const item of items) objects.push(item);
      resourceVersion = metadata.resourceVersion ?? "";
    }
    return { objects, resourceVersion };
  }

  /**
   * The events after a version, until the server ends the connection.
   *
   * @returns Once the server has begun to answer.
   */
  async watch(
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<ServerEvent<T>, void>> {
    const { timeout } = this.#lifetime;
    const deadline = startDeadline(this.action, timeout, signal);
    try {
      const call = this.#watchCall(resourceVersion);
      const body = await fetchStream(call, deadline.signal);
      return this.#events(readLines(body, this.action), deadline.release);
    } catch (error) {
      deadline.release();
      throw error;
    }
  }

  #watchCall(resourceVersion: string): VerbCall {
    const query = new URLSearchParams(this.#call.request.query);
    query.set("watch", "true");
    query.set("allowWatchBookmarks", "true");
    query.set("timeoutSeconds", String(this.#lifetime.seconds));
    if (resourceVersion !== "") query.set("resourceVersion", resourceVersion);
    return { ...this.#call, request: { ...this.#call.request, query } };
  }

  async *#events(
    lines: AsyncGenerator<string, string>,
    release: () => void,
  ): AsyncGenerator<ServerEvent<T>, void> {
    const begun = performance.now();
    let empty = true;
    try {
      let line = await lines.next();
      for (; !line.done; line = await lines.next()) {
        if (line.value.trim() === "") continue;
        empty = false;
        yield this.#parse(line.value);
      }
      // An event that was cut off is sent again after the next request.
      const isEvent = line.value.trimStart().startsWith("{");
      if (!isEvent && line.value.trim() !== "") {
        throw this.#invalid("an event is not JSON");
      }
      if (empty && performance.now() - begun < MIN_DURATION) {
        throw new NoEventsError(
          `Cannot ${this.action}: the response ended at once, without an event`,
          true,
        );
      }
    } finally {
      release();
      await lines.return("");
    }
  }

  #parse(line: string): ServerEvent<T> {
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch {
      throw this.#invalid("an event is not JSON");
    }
    if (!isRecord(event)) throw this.#invalid("a line is not an event");
    const { type, object, kind } = event;
    if (type === undefined && kind === "Status") {
      const { reason = "", message = "" } = this.#status(event);
      throw this.#invalid(
        `a Status came instead of an event: ${reason} ${message}`,
      );
    }
    if (type === "ERROR") throw this.#refusal(object);
    if (typeof type !== "string" || !EVENT_TYPES.includes(type)) {
      throw this.#invalid("an event has no known type");
    }
    if (!isRecord(object) || !isRecord(object.metadata)) {
      throw this.#invalid("an event has no object");
    }
    const { resourceVersion } = object.metadata;
    if (typeof resourceVersion !== "string" || resourceVersion === "") {
      throw this.#invalid("the object of an event has no resourceVersion");
    }
    return { type, object } as unknown as ServerEvent<T>;
  }

  #status(object: Record<string, unknown>): Status {
    const { client } = this.#context;
    return mapTexts(readStatus(object), (text) => client.hideCredentials(text));
  }

  /** The error for a Status that came in place of an object. */
  #refusal(object: unknown): Error {
    if (!isRecord(object)) {
      return this.#invalid("an ERROR event has no Status");
    }
    const apiStatus = this.#status(object);
    const { code = 500, message = "" } = apiStatus;
    const reason = apiStatus.reason ?? defaultReason(code, "watch");
    return new ApiError(
      `Cannot ${this.action}: ${code} ${reason}${message && `: ${message}`}`,
      {
        httpStatus: code,
        reason,
        apiStatus,
        retryAfter: retryAfterOfStatus(apiStatus),
      },
    );
  }

  #invalid(state: string): NoEventsError {
    return new NoEventsError(`Cannot ${this.action}: ${state}`, false);
  }
}
