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

/** What `webTransport` may be given; the platform's own otherwise. */
export interface WebTransportOptions {
  /** A standard `WebSocket` constructor, or a function that makes one. */
  readonly webSocket?: WebSocketSource;
  /** A standard `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * How many bytes may wait while a session is paused, 16 MiB by default: the
   * standard WebSocket cannot stop reading. When more come, the connection ends
   * with a `BufferOverflowError`.
   */
  readonly bufferLimit?: number;
}

/** Where a platform's WebSocket is not what the standard says. */
export interface WebSocketQuirks {
  /** The last messages may stay unsent until another follows. */
  readonly delaysLastMessage: boolean;
  /** Whether a WebSocket needs a request to the same server before it. */
  readonly needsPreflight: (server: URL) => boolean;
}

const DEFAULT_BUFFER_LIMIT = 16 * 1024 * 1024;

/** Headers that a WebSocket cannot send and no server misses. */
const IGNORED_HEADERS = new Set(["accept", "user-agent"]);

/** The transport behind `webTransport`, which knows the platform's quirks. */
export function standardTransport(
  options: WebTransportOptions,
  { delaysLastMessage: flushesLate, needsPreflight: needsIntroduction }:
    WebSocketQuirks,
): Transport {
  const { bufferLimit = DEFAULT_BUFFER_LIMIT } = options;
  const webSocket = options.webSocket ?? globalThis.WebSocket;
  const fetch = options.fetch ?? globalThis.fetch;
  const introduction = new WebPreflight(fetch);
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
      if (needsIntroduction(request.url)) {
        await introduction.send(request.url, request.signal);
      }
      return await openWebSocket(
        webSocket,
        { ...request, protocols },
        (socket) => {
          checkProtocol(socket.protocol, request.protocols);
          return new WebConnection(socket, bufferLimit, flushesLate);
        },
      );
    },
    close: () => Promise.resolve(),
  };
}

/** Bun's can since 1.4.1, beyond the standard. */
function canPause(source: WebSocketSource | undefined): boolean {
  return source !== undefined && isConstructor(source) &&
    "pause" in source.prototype;
}

function refuseTlsAndProxy({ tls, proxy }: TransportTarget): void {
  const asked = Object.entries(tls)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name]) => name);
  if (proxy !== null) asked.push("proxy");
  if (asked.length === 0) return;
  throw new ConfigurationError(
    `Cannot use ${
      asked.join(", ")
    }: the web transport leaves TLS and proxies to the platform`,
  );
}

/** Platforms let a server choose none; the token's is not to be chosen. */
function checkProtocol(chosen: string, offered: readonly string[]): void {
  if (offered.includes(chosen)) return;
  throw new ProtocolError(
    `Cannot upgrade to a WebSocket: the server chose ${
      chosen === "" ? "no subprotocol" : "one that was not offered"
    }`,
  );
}

/** The protocols to offer, the token beside them (PROTOCOL: bearer subprotocol). */
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
        `Cannot send the header "${name}": a WebSocket has no headers but a bearer token`,
      );
    }
  }
  return offered;
}
