import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import type { ClusterConfig, Identity } from "./cluster_config.ts";
import { environmentProxy } from "./environment_proxy.ts";

/** The configuration, by way of the proxy that the environment names, if any. */
export function proxiedByEnvironment(
  config: ClusterConfig,
  host: Host,
): ClusterConfig {
  const proxy = environmentProxy(config.server, host);
  return proxy === null ? config : new ProxiedConfig(config, proxy);
}

/** A configuration that names no proxy, by way of one. */
class ProxiedConfig implements ClusterConfig {
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
