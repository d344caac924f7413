/** What a fault proxy did to its connections, and what it forwarded. */
export class FaultEffects {
  readonly #whenTriggered = Promise.withResolvers<void>();
  #triggered = false;
  #serverReset = false;
  #bytesToClient = 0;

  /** Whether the client may have missed bytes from the server. */
  get triggered(): boolean {
    return this.#triggered;
  }

  /** Resolves when the fault triggers. */
  get whenTriggered(): Promise<void> {
    return this.#whenTriggered.promise;
  }

  /**
   * Whether the server reset its connection, which discards bytes that had not
   * reached the proxy.
   */
  get serverReset(): boolean {
    return this.#serverReset;
  }

  /** How many (TLS) bytes from the server were forwarded to the client. */
  get bytesToClient(): number {
    return this.#bytesToClient;
  }

  /** Marks the fault as triggered. */
  trigger(): void {
    this.#triggered = true;
    this.#whenTriggered.resolve();
  }

  /** Records a failed write to the server, or a reset by it. */
  recordReset(): void {
    this.#serverReset = true;
  }

  /** Counts bytes forwarded to the client. */
  recordBytes(count: number): void {
    this.#bytesToClient += count;
  }
}
