/** What a proxy has done to its connections, and what it has let through. */
export class FaultEffects {
  readonly #whenTriggered = Promise.withResolvers<void>();
  #triggered = false;
  #serverReset = false;
  #bytesToClient = 0;

  /** Whether the client was kept from something that the server may have said. */
  get triggered(): boolean {
    return this.#triggered;
  }

  /** Resolves when that happens. */
  get whenTriggered(): Promise<void> {
    return this.#whenTriggered.promise;
  }

  /**
   * Whether the server reset its connection: it takes back with that what had
   * not yet got as far as the proxy.
   */
  get serverReset(): boolean {
    return this.#serverReset;
  }

  /** How many bytes of the server, all of them TLS, have gone to the client. */
  get bytesToClient(): number {
    return this.#bytesToClient;
  }

  /** The fault does its work. */
  trigger(): void {
    this.#triggered = true;
    this.#whenTriggered.resolve();
  }

  /** The server's side took nothing more in, or broke before its end. */
  recordReset(): void {
    this.#serverReset = true;
  }

  /** Bytes of the server went to the client. */
  recordBytes(count: number): void {
    this.#bytesToClient += count;
  }
}
