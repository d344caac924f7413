/** Where a request goes first, if it has to: everybody may ask for it. */
const FIRST = "/version";

/**
 * Sends a request to a server before the first WebSocket to it. API servers ask
 * for a client certificate, and a browser that has not yet settled which one to
 * show, or none, gives a WebSocket up there ("handshake was canceled", Chromium
 * 156); for a request it settles that, and remembers. Whatever the answer, it is
 * not looked at.
 */
export class WebIntroduction {
  readonly #fetch: typeof fetch;
  readonly #met: Set<string> = new Set();

  constructor(fetch: typeof globalThis.fetch) {
    this.#fetch = fetch;
  }

  /** @throws The signal's reason. */
  async meet({ origin, protocol }: URL, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (protocol !== "https:" || this.#met.has(origin)) return;
    try {
      const { body } = await this.#fetch.call(undefined, origin + FIRST, {
        mode: "no-cors",
        signal,
      });
      this.#met.add(origin);
      await body?.cancel();
    } catch {
      // What is wrong there, the WebSocket will find out.
      signal.throwIfAborted();
    }
  }
}
