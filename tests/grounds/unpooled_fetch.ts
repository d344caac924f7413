import { runtime } from "../harness/runtime.ts";

/** A `fetch` that is to be closed. */
export interface UnpooledFetch {
  readonly fetch: typeof globalThis.fetch;
  close(): void;
}

/**
 * A standard `fetch` that keeps no connection for later: a foreign server
 * leaves it open, and the leak check would count it as ours.
 */
export function unpooledFetch(): UnpooledFetch {
  switch (runtime) {
    case "deno":
      return clientFetch();
    case "bun":
      return closingFetch();
    case "node":
      return agentFetch();
  }
}

function clientFetch(): UnpooledFetch {
  const client = Deno.createHttpClient({
    poolMaxIdlePerHost: 0,
    http2: false,
  });
  return {
    fetch: (input, init) => fetch(input, { ...init, client } as RequestInit),
    close: () => client.close(),
  };
}

/** Bun heeds the header, which no browser lets a program set. */
function closingFetch(): UnpooledFetch {
  const closing: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("connection", "close");
    return fetch(input, { ...init, headers });
  };
  return { fetch: closing, close: () => {} };
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
function agentFetch(): UnpooledFetch {
  new Headers(); // Node makes its pool when `fetch` or its like is first used.
  const { constructor } = Reflect.get(globalThis, POOL);
  const dispatcher: Pool = Reflect.construct(constructor, []);
  return {
    fetch: (input, init) =>
      fetch(input, { ...init, dispatcher } as RequestInit),
    close: () => void dispatcher.destroy(),
  };
}
