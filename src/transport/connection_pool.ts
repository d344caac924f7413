import {
  ConnectionGroup,
  type PooledConnection,
  type PoolRuntime,
} from "./connection_group.ts";
import type { DialTarget } from "./dial.ts";
import type { KeptConnection } from "./kept_connection.ts";
import type { RequestHeaders, TlsOptions } from "./transport.ts";

/** Headers that say who sends a request. */
const IDENTITY = /^(authorization|impersonate-.*)$/i;

/**
 * Keeps connections after a response, for the next request to the same server
 * through the same proxy, with the same credentials and with the same TLS options
 * object: another one, although equal, may be another user's. Idle connections
 * are limited in number and time and do not keep the process alive; connections
 * in use are not limited, since a watch occupies one for as long as it lasts.
 */
export class ConnectionPool {
  readonly #runtime: PoolRuntime;
  readonly #groups: Map<string, ConnectionGroup> = new Map();
  /** The oldest is the first. */
  readonly #idle: Set<KeptConnection> = new Set();
  readonly #tlsNumbers: WeakMap<TlsOptions, number> = new WeakMap();
  #lastNumber = 0;

  constructor(runtime: PoolRuntime) {
    this.#runtime = runtime;
  }

  /**
   * A kept connection, or a new one. Rejects as `Dial` does.
   *
   * @param fresh Whether to open a new one in any case.
   */
  async acquire(
    target: DialTarget,
    headers: RequestHeaders,
    fresh = false,
  ): Promise<PooledConnection> {
    const group = this.#group(this.#keyOf(target, headers), target);
    const { signal } = target;
    return fresh ? await group.open(signal) : await group.acquire(signal);
  }

  /**
   * Closes idle connections, and those in use after their response. Resolves once
   * the sockets of the idle ones are released. Later requests open new ones: the
   * transport may be another client's too.
   */
  async close(): Promise<void> {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    await Promise.all(groups.map((group) => group.close()));
  }

  #group(key: string, target: DialTarget): ConnectionGroup {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new ConnectionGroup(target, this.#runtime, this.#idle, () => {
        if (this.#groups.get(key) === group) this.#groups.delete(key);
      });
      this.#groups.set(key, group);
    }
    return group;
  }

  #keyOf(target: DialTarget, headers: RequestHeaders): string {
    const { hostname, port, tls, proxy } = target;
    const identity = Object.entries(headers)
      .filter(([name]) => IDENTITY.test(name));
    return JSON.stringify([
      hostname,
      port,
      tls !== null,
      this.#numberOf(target.proxyTls),
      proxy?.href,
      identity,
    ]);
  }

  #numberOf(tls: TlsOptions): number {
    let number = this.#tlsNumbers.get(tls);
    if (number === undefined) {
      this.#tlsNumbers.set(tls, number = ++this.#lastNumber);
    }
    return number;
  }
}
