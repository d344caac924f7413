/**
 * A relay between pages and the API server. Pages open sessions through it and
 * never see the token. It forwards messages without parsing them.
 */
import { type Client, type Connection, PodwireError } from "@podwire/podwire";
import { bridge } from "./bridge.ts";

/** The session that a page requests. */
export interface SessionRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly subresource: Subresource;
  /**
   * `command`, `container`, `tty` and the like, or `ports`, as Kubernetes calls
   * them.
   */
  readonly query: URLSearchParams;
}

/** What a relay can lead to. */
export type Subresource = "exec" | "attach" | "portforward";

/** Options of {@linkcode relay}. */
export interface RelayOptions {
  readonly client: Client;
  /** The allowed origins of pages, for example `https://ops.example`. */
  readonly origins: readonly string[];
  /** What it leads to. Defaults to exec and attach. */
  readonly subresources?: readonly Subresource[];
  /** Whether the sender of the request may open the session. */
  readonly authorize: (
    request: Request,
    session: SessionRequest,
  ) => Promise<boolean>;
}

const PATH =
  /^\/relay\/api\/v1\/namespaces\/([a-z0-9-]+)\/pods\/([a-z0-9.-]+)\/([a-z]+)$/;

/** The time for the API server to accept the upgrade, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Handles a page's request for a session. */
export async function relay(
  request: Request,
  options: RelayOptions,
): Promise<Response> {
  const { subresources = ["exec", "attach"] } = options;
  const session = parseRequest(new URL(request.url), subresources);
  if (session === null) return new Response("not found\n", { status: 404 });
  // Browsers let any page open a WebSocket to any origin, with its cookies.
  const origin = request.headers.get("origin");
  if (origin === null || !options.origins.includes(origin)) {
    return new Response("origin not allowed\n", { status: 403 });
  }
  if (!await options.authorize(request, session)) {
    return new Response("forbidden\n", { status: 403 });
  }
  try {
    const connection = await connect(request, session, options.client);
    const { protocol } = connection;
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
    bridge(socket, connection);
    return response;
  } catch (error) {
    if (!(error instanceof PodwireError)) throw error;
    return new Response(`${error.message}\n`, { status: 502 });
  }
}

function parseRequest(
  { pathname, searchParams: query }: URL,
  subresources: readonly Subresource[],
): SessionRequest | null {
  const [, namespace, pod, name] = PATH.exec(pathname) ?? [];
  const subresource = subresources.find((it) => it === name);
  if (!namespace || !pod || !subresource) return null;
  return { namespace, pod, subresource, query };
}

function connect(
  request: Request,
  { namespace, pod, subresource, query }: SessionRequest,
  client: Client,
): Promise<Connection> {
  const offered = request.headers.get("sec-websocket-protocol") ?? "";
  return client.connect({
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}`,
    query,
    protocols: offered.split(",").map((name) => name.trim()),
    signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT),
  });
}
