/**
 * A relay between pages and the API server: pages open sessions through it, and
 * the token stays here. It passes whole messages and understands none of them.
 */
import { type Client, type Connection, PodwireError } from "@podwire/podwire";
import { bridge } from "./bridge.ts";

/** What a page wants to open. */
export interface Wish {
  readonly namespace: string;
  readonly pod: string;
  readonly subresource: "exec" | "attach";
  /** `command`, `container`, `tty` and the like, as Kubernetes calls them. */
  readonly query: URLSearchParams;
}

/** How a relay is to be. */
export interface RelayOptions {
  readonly client: Client;
  /** The origins whose pages may use it, for example `https://ops.example`. */
  readonly origins: readonly string[];
  /** Whether who sends the request may have what it asks for. */
  readonly authorize: (request: Request, wish: Wish) => Promise<boolean>;
}

const PATH =
  /^\/relay\/api\/v1\/namespaces\/([a-z0-9-]+)\/pods\/([a-z0-9.-]+)\/(exec|attach)$/;

/** Milliseconds that the API server may take to answer. */
const HANDSHAKE = 10_000;

/** Answers the request of a page for a session. */
export async function relay(
  request: Request,
  options: RelayOptions,
): Promise<Response> {
  const wish = wishOf(new URL(request.url));
  if (wish === null) return new Response("not found\n", { status: 404 });
  // A browser lets any page open a WebSocket to anywhere, cookies and all.
  const origin = request.headers.get("origin");
  if (origin === null || !options.origins.includes(origin)) {
    return new Response("this origin may not\n", { status: 403 });
  }
  if (!await options.authorize(request, wish)) {
    return new Response("you may not\n", { status: 403 });
  }
  try {
    const connection = await connect(request, wish, options.client);
    const { protocol } = connection;
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
    bridge(socket, connection);
    return response;
  } catch (error) {
    if (!(error instanceof PodwireError)) throw error;
    return new Response(`${error.message}\n`, { status: 502 });
  }
}

function wishOf(url: URL): Wish | null {
  const [, namespace, pod, subresource] = PATH.exec(url.pathname) ?? [];
  if (!namespace || !pod) return null;
  return {
    namespace,
    pod,
    subresource: subresource as Wish["subresource"],
    query: url.searchParams,
  };
}

function connect(
  request: Request,
  { namespace, pod, subresource, query }: Wish,
  client: Client,
): Promise<Connection> {
  const offered = request.headers.get("sec-websocket-protocol") ?? "";
  return client.connect({
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}`,
    query,
    protocols: offered.split(",").map((name) => name.trim()),
    signal: AbortSignal.timeout(HANDSHAKE),
  });
}
