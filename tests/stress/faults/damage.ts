/** What a proxy has done to its connections, and what it has let through. */
export class Damage {
  readonly #struck = Promise.withResolvers<void>();
  #happened = false;
  #reset = false;
  #passed = 0;

  /** Whether the client was kept from something that the server may have said. */
  get happened(): boolean {
    return this.#happened;
  }

  /** Resolves when that happens. */
  get struck(): Promise<void> {
    return this.#struck.promise;
  }

  /**
   * Whether the server reset its connection: it takes back with that what had
   * not yet got as far as the proxy.
   */
  get reset(): boolean {
    return this.#reset;
  }

  /** How many bytes of the server, all of them TLS, have gone to the client. */
  get passed(): number {
    return this.#passed;
  }

  /** The fault does its work. */
  strike(): void {
    this.#happened = true;
    this.#struck.resolve();
  }

  /** The server's side took nothing more in, or broke before its end. */
  broke(): void {
    this.#reset = true;
  }

  /** Bytes of the server went to the client. */
  pass(count: number): void {
    this.#passed += count;
  }
}
