import type { ClusterConfig, Identity } from "./cluster_config.ts";
import type { TlsOptions } from "../transport/transport.ts";

/** A configuration that names no proxy, by way of one. */
export class ProxiedConfig implements ClusterConfig {
  readonly #config: ClusterConfig;
  readonly #proxy: URL;

  constructor(config: ClusterConfig, proxy: URL) {
    this.#config = config;
    this.#proxy = proxy;
  }

  get server(): URL {
    return this.#config.server;
  }

  get tls(): TlsOptions {
    return this.#config.tls;
  }

  get proxy(): URL {
    return new URL(this.#proxy);
  }

  get namespace(): string | null {
    return this.#config.namespace;
  }

  authenticate(signal: AbortSignal): Promise<Identity> {
    return this.#config.authenticate(signal);
  }

  close(): Promise<void> {
    return this.#config.close();
  }
}
