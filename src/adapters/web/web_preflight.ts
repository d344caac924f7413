/** The path of the preflight request; anonymous users may read it. */
const PREFLIGHT_PATH = "/version";

/**
 * Sends an HTTP request to a server before the first WebSocket. API servers ask
 * for a client certificate. A browser that has not yet chosen one, or none, fails
 * a WebSocket ("handshake was canceled", Chromium 156), but asks and remembers
 * for an HTTP request. Ignores the response.
 */
export class WebPreflight {
  readonly #fetch: typeof fetch;
  readonly #reached: Set<string> = new Set();

  constructor(fetch: typeof globalThis.fetch) {
    this.#fetch = fetch;
  }

  /** @throws The signal's reason. */
  async send({ origin, protocol }: URL, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (protocol !== "https:" || this.#reached.has(origin)) return;
    try {
      const { body } = await this.#fetch.call(
        undefined,
        origin + PREFLIGHT_PATH,
        {
          mode: "no-cors",
          signal,
        },
      );
      this.#reached.add(origin);
      await body?.cancel();
    } catch {
      // The WebSocket reports the problem.
      signal.throwIfAborted();
    }
  }
}
