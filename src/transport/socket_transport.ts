import { responseFraming } from "../http/body.ts";
import {
  acceptFor,
  checkUpgradeResponse,
  createKey,
  encodeUpgradeRequest,
} from "../websocket/handshake.ts";
import type { Dial } from "./duplex.ts";
import { refusalOf } from "./handshake_refusal.ts";
import { HeadReader } from "./head_reader.ts";
import { dialTarget, exchange, orDropped } from "./http_exchange.ts";
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
): Promise<Connection> {
  const { url, headers, protocols, signal } = request;
  signal.throwIfAborted();
  const key = createKey();
  const message = encodeUpgradeRequest({ url, headers, protocols, key });
  const target = dialTarget(request);
  const duplex = await dial(target);
  const reader = new HeadReader(duplex, target);
  duplex.write(message);
  return await orDropped(
    (async () => {
      const head = await reader.head;
      if (head.status !== 101) {
        const framing = responseFraming(head, "GET");
        const body = new ResponseBody(duplex, reader, framing, signal);
        throw await refusalOf(head, url.pathname, body.stream);
      }
      const protocol = checkUpgradeResponse(head, acceptFor(key), protocols);
      return new SocketConnection(duplex, reader, protocol);
    })(),
    duplex,
    signal,
  );
}

/** What makes a socket engine the transport of a runtime. */
export interface SocketTransportOptions {
  /** The transport's name. */
  readonly name: string;
  /** How this runtime opens a socket. */
  readonly dial: Dial;
  /** Refuses certificates and keys that this runtime cannot use. */
  readonly checkMaterial: (tls: TlsOptions) => void;
}

/**
 * HTTP/1.1 and WebSocket over the sockets that `dial` opens, one connection
 * for each request. It can do all that a transport can.
 */
export function socketTransport(options: SocketTransportOptions): Transport {
  const { name } = options;
  // Options do not change: once a client is enough, whatever its connections.
  const checked = new WeakSet<TlsOptions>();
  const dial: Dial = async (target) => {
    const { tls } = target;
    if (tls !== null && !checked.has(tls)) {
      checkTls(tls);
      options.checkMaterial(tls);
      checked.add(tls);
    }
    return await options.dial(target);
  };
  return {
    name,
    capabilities: {
      headers: true,
      tls: true,
      pause: true,
      ping: true,
      answer: true,
    },
    request: (request) => exchange(dial, request),
    connect: (request) => upgrade(dial, request),
    close: () => Promise.resolve(),
  };
}
