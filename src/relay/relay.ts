import { onAbort } from "../abortable.ts";
import { HandshakeError } from "../errors.ts";
import type { Connection } from "../transport/transport.ts";
import { Attempt } from "./attempt.ts";
import { applyGrant, type Granted } from "./grant.ts";
import { JoinedConnections } from "./joined_connections.ts";
import type { RelaySettings } from "./options.ts";
import type { AcceptedPage, PageAcceptor } from "./page/page.ts";
import { callTarget, parseCall, type RelayCall } from "./relay_call.ts";
import { Slots } from "./slots.ts";
import {
  checkUpgrade,
  notAnUpgrade,
  offeredProtocols,
  type Refusal,
} from "./upgrade_check.ts";

/** A request as a runtime's server gives it. */
export interface PageRequest {
  readonly request: Request;
  /** Aborts when the page leaves, at least until it is accepted. */
  readonly signal: AbortSignal;
  readonly acceptor: PageAcceptor;
}

const NOT_FOUND: Refusal = {
  httpStatus: 404,
  reason: "NotFound",
  text: "there is nothing here",
};

const FORBIDDEN: Refusal = {
  httpStatus: 403,
  reason: "Forbidden",
  text: "this is not allowed",
};

const BUSY: Refusal = {
  httpStatus: 503,
  reason: "Busy",
  text: "there are too many sessions",
};

const USER_BUSY: Refusal = {
  httpStatus: 429,
  reason: "Busy",
  text: "you have too many sessions",
};

/** Nobody reads it, but a server wants an answer. */
const PAGE_LEFT: Refusal = {
  httpStatus: 400,
  reason: "PageLeft",
  text: "the page left",
};

const CLOSED: Refusal = {
  httpStatus: 503,
  reason: "Closed",
  text: "the relay is closed",
};

function authorizeFailed(): Refusal {
  return {
    httpStatus: 500,
    reason: "AuthorizeFailed",
    text: "it could not be decided whether this is allowed",
  };
}

/** The page does not learn the cluster's own words, which name its users. */
function clusterFailed(error: unknown): Refusal {
  const status = error instanceof HandshakeError && error.httpStatus;
  const text = status
    ? `the cluster refused the session (${status})`
    : "the cluster cannot be reached";
  return { httpStatus: 502, reason: "ClusterFailed", text };
}

/** Answers requests of pages, and keeps what joins them to the cluster. */
export class RelayServer {
  readonly #settings: RelaySettings;
  readonly #slots: Slots;
  readonly #joined = new Set<JoinedConnections>();
  readonly #closing = new AbortController();
  /** Requests under way, and sessions. */
  readonly #running = new Set<Promise<unknown>>();
  #requests = 0;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
    this.#slots = new Slots(
      settings.maxConnections,
      settings.maxConnectionsPerUser,
    );
  }

  /** Pages that are connected or connecting. */
  get connections(): number {
    return this.#slots.taken;
  }

  /** Answers a request; the cluster is asked for nothing before all checks. */
  async answer(page: PageRequest): Promise<Response> {
    const attempt = new Attempt(this.#settings, ++this.#requests);
    const { request, acceptor } = page;
    const { path, subresources, origins } = this.#settings;
    const call = parseCall(new URL(request.url), path, subresources);
    if (call === null) return attempt.refuse(NOT_FOUND);
    attempt.call = call;
    const refusal = checkUpgrade(request, origins, acceptor.hidesKey);
    if (refusal !== null) return attempt.refuse(refusal);
    const protocols = offeredProtocols(request, acceptor.choosesFirst);
    if (protocols.length === 0) {
      return attempt.refuse(
        notAnUpgrade("no subprotocol of Kubernetes is offered", 400),
      );
    }
    if (this.#closing.signal.aborted) return attempt.refuse(CLOSED);
    const giveBack = this.#slots.take();
    if (giveBack === null) return attempt.refuse(BUSY);
    attempt.onEnd(giveBack);
    attempt.start();
    attempt.watch(this.#closing.signal, CLOSED);
    try {
      return await this.#track(this.#open(attempt, page, call, protocols));
    } catch (error) {
      attempt.end();
      throw error;
    }
  }

  /** Ends all sessions, and refuses further pages. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const joined of this.#joined) joined.end("Closed");
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #open(
    attempt: Attempt,
    { request, signal: leaving, acceptor }: PageRequest,
    call: RelayCall,
    protocols: readonly string[],
  ): Promise<Response> {
    const stopWatching = attempt.watch(leaving, PAGE_LEFT);
    const granted = await attempt.step(
      async () => applyGrant(call, await this.#authorize(request, call)),
      authorizeFailed,
    );
    if (granted instanceof Response) return granted;
    if (granted === null) return attempt.refuse(FORBIDDEN);
    attempt.call = granted.call;
    if (granted.user !== null) {
      attempt.user = granted.user;
      const giveBack = this.#slots.takeOf(granted.user);
      if (giveBack === null) return attempt.refuse(USER_BUSY);
      attempt.onEnd(giveBack);
    }
    attempt.watch(granted.signal, FORBIDDEN);
    const { client } = this.#settings;
    const { signal } = attempt;
    const cluster = await attempt.step(
      () => client.connect({ ...callTarget(granted.call), protocols, signal }),
      clusterFailed,
      (connection) => connection.abort(),
    );
    if (cluster instanceof Response) return cluster;
    const left = await attempt.step(
      async () => await acceptor.settled?.(),
      () => PAGE_LEFT,
    );
    if (left instanceof Response) {
      cluster.abort();
      return left;
    }
    // Deno aborts it when it upgrades the request, others with the answer.
    stopWatching();
    let page: AcceptedPage;
    try {
      page = acceptor.accept(cluster.protocol);
    } catch {
      cluster.abort();
      return attempt.refuse(PAGE_LEFT);
    }
    const joining = this.#opened(attempt, page, cluster).then((connection) =>
      connection && this.#join(attempt, connection, cluster, granted, acceptor)
    );
    this.#track(joining);
    return page.response;
  }

  #authorize(request: Request, call: RelayCall): unknown {
    return this.#settings.authorize(request, call);
  }

  /** The page's connection; null if it does not finish the handshake. */
  async #opened(
    attempt: Attempt,
    page: AcceptedPage,
    cluster: Connection,
  ): Promise<Connection | null> {
    const stop = onAbort(attempt.signal, () => page.abandon());
    try {
      return await page.connection;
    } catch {
      cluster.abort();
      await cluster.released;
      attempt.refuse(PAGE_LEFT);
      return null;
    } finally {
      stop();
    }
  }

  async #join(
    attempt: Attempt,
    page: Connection,
    cluster: Connection,
    granted: Granted,
    acceptor: PageAcceptor,
  ): Promise<void> {
    const { maxMessageSize, idleTimeout, client } = this.#settings;
    const started = performance.now();
    attempt.opened();
    attempt.tell({ type: "open", protocol: cluster.protocol });
    const joined = new JoinedConnections(page, cluster, {
      maxMessageSize,
      idleTimeout,
      pings: {
        page: acceptor.pings,
        cluster: client.transport.capabilities.ping,
      },
    });
    this.#joined.add(joined);
    const stop = onAbort(granted.signal, () => joined.end("Revoked"));
    if (this.#closing.signal.aborted) joined.end("Closed");
    const end = await joined.ended;
    stop();
    this.#joined.delete(joined);
    attempt.end();
    const duration = performance.now() - started;
    attempt.tell({ type: "end", ...end, duration });
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    this.#running.add(promise);
    const done = () => void this.#running.delete(promise);
    promise.then(done, done);
    return promise;
  }
}
