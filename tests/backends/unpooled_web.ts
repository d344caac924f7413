import { runtime } from "../harness/runtime.ts";

/** A `fetch` and a `WebSocket` with a lifetime. */
export interface UnpooledWeb {
  readonly fetch: typeof globalThis.fetch;
  readonly webSocket: typeof WebSocket;
  close(): void;
}

/**
 * The platform's `fetch` and `WebSocket` without connection reuse: other servers
 * leave idle connections open, which the leak check would count as ours.
 */
export function unpooledWeb(): UnpooledWeb {
  switch (runtime) {
    case "deno":
      return denoWeb();
    case "bun":
      return bunWeb();
    case "node":
      return nodeWeb();
  }
}

function denoWeb(): UnpooledWeb {
  const client = Deno.createHttpClient({
    poolMaxIdlePerHost: 0,
    http2: false,
  });
  return {
    fetch: (input, init) => fetch(input, { ...init, client } as RequestInit),
    webSocket: WebSocket,
    close: () => client.close(),
  };
}

/** Bun honours the `connection` header, which browsers do not let programs set. */
function bunWeb(): UnpooledWeb {
  const closing: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("connection", "close");
    return fetch(input, { ...init, headers });
  };
  return { fetch: closing, webSocket: WebSocket, close: () => {} };
}

/** The global under which Node stores the dispatcher of its `fetch`. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/** The part of an undici dispatcher that is used here. */
interface Dispatcher {
  destroy(): Promise<void>;
}

/**
 * A separate dispatcher: Node's global one opens a spare connection as soon as
 * a response is cut off, and keeps it for seconds.
 */
function nodeWeb(): UnpooledWeb {
  new Headers(); // Node creates its dispatcher on first use of `fetch` or a related class.
  const { constructor } = Reflect.get(globalThis, DISPATCHER);
  const dispatcher: Dispatcher = Reflect.construct(constructor, []);
  return {
    fetch: (input, init) =>
      fetch(input, { ...init, dispatcher } as RequestInit),
    webSocket: class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, { protocols, dispatcher } as unknown as string[]);
      }
    },
    close: () => void dispatcher.destroy(),
  };
}
