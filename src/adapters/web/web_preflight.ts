/** Where a request goes first, if it has to: everybody may ask for it. */
const PREFLIGHT_PATH = "/version";

/**
 * Sends a request to a server before the first WebSocket to it. API servers ask
 * for a client certificate, and a browser that has not yet settled which one to
 * show, or none, gives a WebSocket up there ("handshake was canceled", Chromium
 * 156); for a request it settles that, and remembers. Whatever the answer, it is
 * not looked at.
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
      // What is wrong there, the WebSocket will find out.
      signal.throwIfAborted();
    }
  }
}
