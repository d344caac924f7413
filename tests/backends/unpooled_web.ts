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

/** The globals under which Node stores the dispatcher of its `fetch`: since 26, before. */
const DISPATCHERS = [2, 1].map((version) =>
  Symbol.for(`undici.globalDispatcher.${version}`)
);

/** The part of an undici dispatcher that is used here. */
interface Dispatcher {
  destroy(): Promise<void>;
}

/**
 * A separate dispatcher: Node's global one opens a spare connection as soon as
 * a response is cut off, and keeps it for seconds. No HTTP/2, as on Deno: Node 26
 * speaks it, and fails a request that meets a GOAWAY.
 */
function nodeWeb(): UnpooledWeb {
  new Headers(); // Node creates its dispatcher on first use of `fetch` or a related class.
  const stored = DISPATCHERS.find((name) => name in globalThis)!;
  const { constructor } = Reflect.get(globalThis, stored);
  const dispatcher: Dispatcher = Reflect.construct(constructor, [{
    allowH2: false,
  }]);
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
