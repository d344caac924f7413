import { responseFraming } from "../http/body.ts";
import {
  acceptFor,
  checkUpgradeResponse,
  createKey,
  encodeUpgradeRequest,
  type Sha1,
} from "../websocket/handshake.ts";
import type { PoolRuntime } from "./connection_group.ts";
import { ConnectionPool } from "./connection_pool.ts";
import type { Dial } from "./dial.ts";
import { handshakeError } from "./handshake_refusal.ts";
import { HeadReader } from "./head_reader.ts";
import { destroyOnFailure, dialTarget, sendRequest } from "./http_exchange.ts";
import { ResponseBody } from "./response_body.ts";
import { SocketConnection } from "./socket_connection.ts";
import { checkTls } from "./tls_options.ts";
import type {
  Connection,
  TlsOptions,
  Transport,
  UpgradeRequest,
} from "./transport.ts";

/** Opens a socket and upgrades it to a WebSocket. */
export async function upgrade(
  dial: Dial,
  request: UpgradeRequest,
  sha1: Sha1,
): Promise<Connection> {
  const { url, headers, protocols, signal } = request;
  signal.throwIfAborted();
  const key = createKey();
  const message = encodeUpgradeRequest({ url, headers, protocols, key });
  const target = dialTarget(request);
  const duplex = await dial(target);
  const reader = new HeadReader(duplex, target);
  duplex.write(message);
  return await destroyOnFailure(
    (async () => {
      const head = await reader.head;
      if (head.status !== 101) {
        const framing = responseFraming(head, "GET");
        const body = new ResponseBody(duplex, reader, framing, signal);
        throw await handshakeError(head, url.pathname, body.stream, headers);
      }
      const accept = acceptFor(key, sha1);
      const protocol = checkUpgradeResponse(head, accept, request);
      return new SocketConnection(duplex, reader, protocol);
    })(),
    duplex,
    signal,
  );
}

/** The runtime-specific parts of a {@linkcode socketTransport}. */
export interface SocketTransportOptions extends PoolRuntime {
  /** The transport's name. */
  readonly name: string;
  /** Throws for certificates and keys that the runtime cannot use. */
  readonly checkMaterial: (tls: TlsOptions) => void;
  readonly sha1: Sha1;
  /** TLS over a forwarded connection, where the runtime can. */
  readonly tlsLayer?: Transport["tlsLayer"];
}

/**
 * HTTP/1.1 and WebSocket over sockets opened by `dial`. HTTP connections are
 * kept for the next request, a WebSocket has one of its own. Has every capability.
 */
export function socketTransport(options: SocketTransportOptions): Transport {
  const { name, tlsLayer } = options;
  // The options object is immutable: one check serves all its connections.
  const checked = new WeakSet<TlsOptions>();
  const check = (tls: TlsOptions) => {
    if (checked.has(tls)) return;
    checkTls(tls);
    options.checkMaterial(tls);
    checked.add(tls);
  };
  const dial: Dial = async (target) => {
    if (target.tls !== null) check(target.tls);
    return await options.dial(target);
  };
  const pool = new ConnectionPool({ ...options, dial });
  return {
    name,
    capabilities: {
      headers: true,
      tls: true,
      pause: true,
      ping: true,
      answer: true,
      tunnel: true,
    },
    request: (request) => sendRequest(pool, request),
    connect: (request) => upgrade(dial, request, options.sha1),
    ...(tlsLayer && {
      tlsLayer: (target) => {
        check(target.tls);
        return tlsLayer(target);
      },
    }),
    close: () => pool.close(),
  };
}
