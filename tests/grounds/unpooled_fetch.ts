import { runtime } from "../harness.ts";

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
  return runtime === "deno" ? clientFetch() : closingFetch();
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

/** Bun and Node heed the header, which no browser lets a program set. */
function closingFetch(): UnpooledFetch {
  const closing: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("connection", "close");
    return fetch(input, { ...init, headers });
  };
  return { fetch: closing, close: () => {} };
}
