import type { TlsOptions } from "../transport/transport.ts";

/** Where a cluster is and how to get in: what every source resolves to. */
export interface ClusterConfig {
  /** `http:` or `https:`; a path in it is kept in front of every request's. */
  readonly server: URL;
  /** One object for the configuration's life; adapters key caches on it. */
  readonly tls: TlsOptions;
  /** The proxy, credentials in the URL; null for none. */
  readonly proxy: URL | null;
  /** The namespace that this source suggests. */
  readonly namespace: string | null;
  /** The credentials as request headers, resolved anew for each connection. */
  headers(signal: AbortSignal): Promise<Record<string, string>>;
}

/** What a {@linkcode ResolvedConfig} is made of. */
export interface ClusterConfigParts {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly proxy: URL | null;
  readonly namespace: string | null;
  readonly credentials: Credentials;
}

/** Gives the headers that prove who we are, ending early with the signal. */
export type Credentials = (
  signal: AbortSignal,
) => Promise<Record<string, string>>;

/**
 * A {@linkcode ClusterConfig} that keeps everything in private fields, so that
 * no inspection and no `JSON.stringify` shows a key or a token.
 */
export class ResolvedConfig implements ClusterConfig {
  readonly #server: URL;
  readonly #tls: TlsOptions;
  readonly #proxy: URL | null;
  readonly #namespace: string | null;
  readonly #credentials: Credentials;

  constructor(parts: ClusterConfigParts) {
    this.#server = parts.server;
    this.#tls = Object.freeze({ ...parts.tls });
    this.#proxy = parts.proxy;
    this.#namespace = parts.namespace;
    this.#credentials = parts.credentials;
  }

  get server(): URL {
    return new URL(this.#server);
  }

  get tls(): TlsOptions {
    return this.#tls;
  }

  get proxy(): URL | null {
    return this.#proxy && new URL(this.#proxy);
  }

  get namespace(): string | null {
    return this.#namespace;
  }

  headers(signal: AbortSignal): Promise<Record<string, string>> {
    return this.#credentials(signal);
  }
}
