import { bearerSubprotocol } from "../../channel/subprotocols.ts";
import { ConfigurationError, ProtocolError } from "../../errors.ts";
import type {
  Connection,
  Transport,
  TransportTarget,
  UpgradeRequest,
} from "../../transport/transport.ts";
import { WebPreflight } from "./web_preflight.ts";
import { webRequest } from "./web_request.ts";
import { WebConnection } from "./web_connection.ts";
import {
  isConstructor,
  openWebSocket,
  type WebSocketSource,
} from "./web_handshake.ts";

/** Options of `webTransport`. */
export interface WebTransportOptions {
  /**
   * A standard `WebSocket` constructor, or a function that creates a socket.
   * Defaults to the global one.
   */
  readonly webSocket?: WebSocketSource;
  /** A standard `fetch`. Defaults to the global one. */
  readonly fetch?: typeof fetch;
  /**
   * How many bytes to buffer while a session is paused, since a standard
   * WebSocket cannot stop reading. The connection ends with a
   * `BufferOverflowError` when more arrive. Defaults to 16 MiB.
   */
  readonly bufferLimit?: number;
}

/** How a platform's WebSocket differs from the standard. */
export interface WebSocketQuirks {
  /** The last messages may be delayed until another follows. */
  readonly delaysLastMessage: boolean;
  /** Whether a WebSocket needs an HTTP request to the server first. */
  readonly needsPreflight: (server: URL) => boolean;
}

const DEFAULT_BUFFER_LIMIT = 16 * 1024 * 1024;

/** Headers that a WebSocket cannot send and no server needs. */
const IGNORED_HEADERS = new Set(["accept", "accept-encoding", "user-agent"]);

/** Creates a web transport for a platform with `quirks`. */
export function createWebTransport(
  options: WebTransportOptions,
  { delaysLastMessage, needsPreflight }: WebSocketQuirks,
): Transport {
  const { bufferLimit = DEFAULT_BUFFER_LIMIT } = options;
  const webSocket = options.webSocket ?? globalThis.WebSocket;
  const fetch = options.fetch ?? globalThis.fetch;
  const preflight = new WebPreflight(fetch);
  return {
    name: "web",
    capabilities: {
      headers: false,
      tls: false,
      pause: canPause(webSocket),
      ping: false,
      answer: false,
    },
    async request(request) {
      refuseTlsAndProxy(request);
      return await webRequest(request, fetch);
    },
    async connect(request): Promise<Connection> {
      refuseTlsAndProxy(request);
      const protocols = protocolsOf(request);
      if (needsPreflight(request.url)) {
        await preflight.send(request.url, request.signal);
      }
      return await openWebSocket(
        webSocket,
        { ...request, protocols },
        (socket) => {
          checkProtocol(socket.protocol, request.protocols);
          return new WebConnection(socket, bufferLimit, delaysLastMessage);
        },
      );
    },
    close: () => Promise.resolve(),
  };
}

/** Bun's WebSocket can since 1.4.1, beyond the standard. */
function canPause(source: WebSocketSource | undefined): boolean {
  return source !== undefined && isConstructor(source) &&
    "pause" in source.prototype;
}

function refuseTlsAndProxy({ tls, proxy }: TransportTarget): void {
  const requested = Object.entries(tls)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name]) => name);
  if (proxy !== null) requested.push("proxy");
  if (requested.length === 0) return;
  throw new ConfigurationError(
    `Cannot use ${
      requested.join(", ")
    }: the web transport leaves TLS and proxies to the platform`,
  );
}

/** A platform accepts no subprotocol; the token must not be chosen. */
function checkProtocol(chosen: string, offered: readonly string[]): void {
  if (offered.includes(chosen)) return;
  throw new ProtocolError(
    `Cannot upgrade to a WebSocket: the server chose ${
      chosen === "" ? "no subprotocol" : "one that was not offered"
    }`,
  );
}

/**
 * The subprotocols to offer, including the bearer token. Kubernetes reads the
 * token from a subprotocol (apiserver/pkg/authentication/request/websocket).
 */
function protocolsOf({ headers, protocols }: UpgradeRequest): string[] {
  const offered = [...protocols];
  for (const [name, value] of Object.entries(headers)) {
    const token = typeof value === "string"
      ? /^bearer (.+)$/i.exec(value)?.[1]
      : undefined;
    if (name.toLowerCase() === "authorization" && token !== undefined) {
      offered.push(bearerSubprotocol(token));
    } else if (!IGNORED_HEADERS.has(name.toLowerCase())) {
      throw new ConfigurationError(
        `Cannot send the header "${name}": a WebSocket can send only a bearer token`,
      );
    }
  }
  return offered;
}
