import type { Dial } from "./duplex.ts";
import { exchange } from "./http_exchange.ts";
import { checkTls } from "./tls_checks.ts";
import type { Transport } from "./transport.ts";
import { upgrade } from "./upgrade.ts";

/** What makes a socket engine the transport of a runtime. */
export interface SocketTransportOptions {
  /** The transport's name. */
  readonly name: string;
  /** How this runtime opens a socket. */
  readonly dial: Dial;
}

/**
 * HTTP/1.1 and WebSocket over the sockets that `dial` opens, one connection
 * for each request. It can do all that a transport can.
 */
export function socketTransport(options: SocketTransportOptions): Transport {
  const { name } = options;
  const dial: Dial = async (target) => {
    if (target.tls !== null) checkTls(target.tls);
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
