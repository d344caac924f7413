import { runtime } from "../harness/runtime.ts";

/** A `fetch` and a `WebSocket` that are to be closed. */
export interface UnpooledWeb {
  readonly fetch: typeof globalThis.fetch;
  readonly webSocket: typeof WebSocket;
  close(): void;
}

/**
 * The platform's `fetch` and `WebSocket`, keeping no connection for later: a
 * foreign server leaves it open, and the leak check would count it as ours.
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

/** Bun heeds the header, which no browser lets a program set. */
function bunWeb(): UnpooledWeb {
  const closing: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("connection", "close");
    return fetch(input, { ...init, headers });
  };
  return { fetch: closing, webSocket: WebSocket, close: () => {} };
}

/** Where Node keeps the pool of its `fetch`. */
const POOL = Symbol.for("undici.globalDispatcher.1");

/** A pool of connections, as far as it is needed here. */
interface Pool {
  destroy(): Promise<void>;
}

/**
 * A pool of its own: Node's makes a spare connection as soon as an answer is
 * cut off, and holds it for seconds.
 */
function nodeWeb(): UnpooledWeb {
  new Headers(); // Node makes its pool when `fetch` or its like is first used.
  const { constructor } = Reflect.get(globalThis, POOL);
  const dispatcher: Pool = Reflect.construct(constructor, []);
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
