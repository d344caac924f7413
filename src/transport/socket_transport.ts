import type { Dial } from "./duplex.ts";
import { exchange } from "./http_exchange.ts";
import { checkTls } from "./tls_checks.ts";
import type { TlsOptions, Transport } from "./transport.ts";
import { upgrade } from "./upgrade.ts";

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
