import type { ClusterConfig } from "../config/cluster_config.ts";
import type { ProtocolOption } from "../channel/subprotocols.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import { warningTexts } from "../http/warning.ts";
import { hideCredentials } from "../redact.ts";
import type {
  Connection,
  HttpResponse,
  RequestHeaders,
  Transport,
  TransportTarget,
} from "../transport/transport.ts";
import type { Client, ClientRequest, ClientUpgrade } from "./client.ts";
import type { CallReport, CallReports } from "./call_report.ts";
import type { SessionEnd } from "./client_event.ts";
import {
  describeFailure,
  type RequestDescription,
  toApiError,
} from "./api_error.ts";
import { repeated } from "./attempts.ts";
import { checkCapabilities } from "./capabilities.ts";
import { onBodyEnd } from "./body_end.ts";
import {
  type CallClock,
  ClientLifetime,
  type Closeable,
} from "./client_lifetime.ts";
import { callTimeout, type Deadline, delayAbort } from "./deadline.ts";

/** An upgrade with what only this package's own calls give. */
export interface DescribedUpgrade extends ClientUpgrade, CallClock {
  /** For error messages: "Cannot {action}: ..."; defaults to `connect`. */
  readonly action?: string;
  /**
   * Milliseconds for which an upgrade that is under way goes on after the abort:
   * what the server starts by it is lost sight of otherwise. The connection is
   * returned even then.
   *
   * @default {0}
   */
  readonly abortDelay?: number;
}

/** A request with what only this package's own calls give. */
export interface DescribedRequest extends ClientRequest, CallClock {
  /** For error messages; defaults to the method and the path. */
  readonly description?: RequestDescription;
  /** False: the caller repeats it by itself. */
  readonly retry?: false;
}

/** The settings of a client, checked by `createClient`. */
export interface ClientSettings {
  readonly config: ClusterConfig;
  readonly transport: Transport;
  readonly namespace: string | null;
  /** Milliseconds; null: no limit. */
  readonly timeout: number | null;
  readonly keepAlive: Required<KeepAliveOptions> | false;
  /** The subprotocols to offer; auto: what each call needs. */
  readonly protocol: ProtocolOption;
  /** Bytes buffered for each channel of a session before its socket is paused. */
  readonly highWaterMark: number;
  /** The `User-Agent` to send; null: none. */
  readonly userAgent: string | null;
  /** How often a call that is refused for now is repeated; 0: never. */
  readonly retryLimit: number;
  /** Tells the listener `onEvent`; null without one. */
  readonly reports: CallReports | null;
}

/** Of how many identities the credentials are hidden; a token may be renewed. */
const MAX_REMEMBERED = 4;

/** The implementation of `Client`. */
export class ClusterClient implements Client {
  readonly namespace: string | null;
  readonly timeout: number | null;
  readonly keepAlive: Required<KeepAliveOptions> | false;
  readonly protocol: ProtocolOption;
  readonly highWaterMark: number;
  readonly retryLimit: number;
  readonly #settings: ClientSettings;
  readonly #config: ClusterConfig;
  readonly #transport: Transport;
  readonly #userAgent: string | null;
  readonly #reports: CallReports | null;
  readonly #lifetime: ClientLifetime = new ClientLifetime();
  /** The latest headers with credentials, by their content. */
  readonly #sent: Map<string, RequestHeaders> = new Map();
  #closing: Promise<void> | null = null;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#config = settings.config;
    this.#transport = settings.transport;
    this.namespace = settings.namespace;
    this.timeout = settings.timeout;
    this.keepAlive = settings.keepAlive;
    this.protocol = settings.protocol;
    this.highWaterMark = settings.highWaterMark;
    this.retryLimit = settings.retryLimit;
    this.#userAgent = settings.userAgent;
    this.#reports = settings.reports;
  }

  get server(): URL {
    return this.#config.server;
  }

  get config(): ClusterConfig {
    return this.#config;
  }

  get transport(): Transport {
    return this.#transport;
  }

  async connect(upgrade: DescribedUpgrade): Promise<Connection> {
    const { path, query, protocols, action = "connect", abortDelay = 0 } =
      upgrade;
    const deadline = this.#lifetime.join(action, null, upgrade);
    const report = this.#reports?.begin("upgrade", "GET", path) ?? null;
    const headers = this.#upgradeHeaders();
    try {
      const connection = await this.#reach(
        action,
        { path, query, deadline, headers, report },
        async (target) => {
          report?.sending();
          const { signal, release } = delayAbort(target.signal, abortDelay);
          try {
            const sent = { ...target, signal, protocols };
            return await this.#transport.connect(sent);
          } catch (error) {
            report?.refused(error);
            target.signal.throwIfAborted();
            throw error;
          } finally {
            release();
          }
        },
      );
      return report === null ? connection : report.opened(connection);
    } catch (error) {
      if (upgrade.action !== undefined) describeFailure(error, action);
      report?.end({ error });
      throw error;
    } finally {
      deadline.release();
    }
  }

  async request(request: DescribedRequest): Promise<HttpResponse> {
    const { method, path, body = null, timeout } = request;
    const description = request.description ?? { action: `${method} ${path}` };
    const limit = callTimeout(timeout, this.timeout);
    const deadline = this.#lifetime.join(description.action, limit, request);
    const { signal, stopClock, release } = deadline;
    const report = this.#reports?.begin("request", method, path) ?? null;
    try {
      const response = await this.#reach(
        description.action,
        { ...request, headers: this.#headersOf(request), deadline, report },
        async (target) => {
          const sent = { ...target, method, body };
          report?.sending();
          report?.sent(body?.byteLength ?? 0);
          const response = await this.#transport.request(sent);
          report?.responded(
            response.status,
            warningTexts(response.headers.get("warning"))
              .map((text) => hideCredentials(text, target.headers)),
          );
          return await successOf(response, description, sent);
        },
      );
      stopClock();
      return {
        status: response.status,
        headers: response.headers,
        body: report === null
          ? onBodyEnd(response.body, signal, release)
          : report.untilEnd(response.body, signal, release),
      };
    } catch (error) {
      if (request.description) describeFailure(error, description.action);
      report?.end({ error });
      release();
      throw error;
    }
  }

  /**
   * `text` of the server's without the credentials that were sent to it lately;
   * for what arrives after the head of a response.
   */
  hideCredentials(text: string): string {
    return [...this.#sent.values()].reduce(hideCredentials, text);
  }

  /** A transport may refuse a header that it cannot send. */
  #upgradeHeaders(): Readonly<Record<string, string>> {
    return this.#transport.capabilities.headers ? this.#headersOf({}) : {};
  }

  /** The request's own headers, and the `User-Agent` unless it is one of them. */
  #headersOf(
    { headers = {} }: Pick<ClientRequest, "headers">,
  ): Readonly<Record<string, string>> {
    const names = Object.keys(headers);
    const isGiven = names.some((name) => name.toLowerCase() === "user-agent");
    return this.#userAgent === null || isGiven
      ? headers
      : { "user-agent": this.#userAgent, ...headers };
  }

  #remember(headers: RequestHeaders): void {
    const key = JSON.stringify(headers);
    this.#sent.delete(key);
    this.#sent.set(key, headers);
    if (this.#sent.size <= MAX_REMEMBERED) return;
    this.#sent.delete(this.#sent.keys().next().value!);
  }

  /**
   * Makes `close()` close the session too.
   *
   * @param action For the error of a client that is closed already.
   * @returns A function that undoes it.
   */
  adopt(session: Closeable, action = "open a session"): () => void {
    return this.#lifetime.adopt(session, action);
  }

  /**
   * A client on the same transport, which `close()` of this one does not end
   * before it ends the transport: for what a session still does in its `close`.
   */
  beside(): ClusterClient {
    return new ClusterClient(this.#settings);
  }

  /** The session on a connection has ended, for the listener of events. */
  ended(connection: Connection, end: SessionEnd): void {
    this.#reports?.ended(connection, end);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#lifetime.end();
    await Promise.all([this.#config.close(), this.#transport.close()]);
  }

  /** Runs `attempt`, and again if fresh credentials or a delay may help. */
  async #reach<Answer>(
    action: string,
    wanted: {
      path: string;
      query?: URLSearchParams;
      headers?: Readonly<Record<string, string>>;
      deadline: Deadline;
      retry?: false;
      report: CallReport | null;
    },
    attempt: (target: TransportTarget) => Promise<Answer>,
  ): Promise<Answer> {
    const { path, query, headers, deadline, report } = wanted;
    const { signal } = deadline;
    const { proxy, server, tls } = this.#config;
    this.#lifetime.check(action);
    signal.throwIfAborted();
    checkCapabilities(action, { tls, proxy }, this.#transport);
    const limit = wanted.retry === false ? 0 : this.retryLimit;
    return await repeated(this.#config, deadline, limit, (identity) => {
      const { tls } = identity;
      this.#lifetime.check(action);
      checkCapabilities(action, { tls, proxy }, this.#transport);
      this.#remember(identity.headers);
      return attempt({
        url: targetUrl(server, path, query),
        headers: { ...identity.headers, ...headers },
        tls,
        proxy,
        signal,
      });
    }, (error, delay) => report?.repeating(error, delay));
  }
}

/**
 * The implementation behind a client. By its shape: a bundle may hold the class
 * twice.
 *
 * @throws {TypeError} It is not a client.
 */
export function toClusterClient(
  client: Client | undefined,
  action: string,
): ClusterClient {
  const given = client as ClusterClient | Promise<Client> | undefined | null;
  if (given === undefined || given === null) {
    throw new TypeError(`Cannot ${action}: the client is missing`);
  }
  if ("then" in given) {
    throw new TypeError(
      `Cannot ${action}: the client is a Promise; await createClient()`,
    );
  }
  if (typeof given.adopt !== "function") {
    throw new TypeError(
      `Cannot ${action}: the client is not one of createClient()`,
    );
  }
  return given;
}

async function successOf(
  response: HttpResponse,
  description: RequestDescription,
  { headers, signal }: TransportTarget,
): Promise<HttpResponse> {
  if (response.status >= 200 && response.status <= 299) return response;
  const error = await toApiError(response, description, headers);
  signal.throwIfAborted();
  throw error;
}

/** `server` with `path` appended to its own path, and `query`. */
function targetUrl(
  server: URL,
  path: string,
  query?: URLSearchParams,
): URL {
  const url = new URL(server);
  url.pathname = server.pathname.replace(/\/+$/, "") + path;
  url.search = query?.toString() ?? "";
  return url;
}
