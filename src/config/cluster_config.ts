import { defineInspection } from "../redact.ts";
import type { RequestHeaders, TlsOptions } from "../transport/transport.ts";
import {
  type Authenticator,
  type ClientCertificate,
  type Credentials,
  markCredentialsFailure,
} from "./credentials.ts";

/** A cluster's address, TLS settings and credentials, from whatever source. */
export interface ClusterConfig {
  /** `http:` or `https:`; its path is a prefix of every request's path. */
  readonly server: URL;
  /** How to verify the server, and the client certificate if it is fixed. */
  readonly tls: TlsOptions;
  /** The proxy, with its credentials in the URL; null for none. */
  readonly proxy: URL | null;
  /** The namespace that this source suggests. */
  readonly namespace: string | null;
  /**
   * Obtains the credentials for one request; this may read a file, call a
   * function or run a program.
   *
   * @throws {ConfigurationError} The credentials cannot be obtained.
   * @throws The signal's reason.
   */
  authenticate(signal: AbortSignal): Promise<Identity>;
  /**
   * Aborts pending work on credentials; resolves once all of it has ended.
   * Idempotent.
   */
  close(): Promise<void>;
}

/** The credentials of one request. It holds secrets. */
export interface Identity {
  /** The headers to send with the request. */
  readonly headers: RequestHeaders;
  /** The same object while its content is the same: adapters key caches on it. */
  readonly tls: TlsOptions;
  /**
   * Replaces this identity after a 401.
   *
   * @returns Another identity to try; null if there is none.
   * @throws {ConfigurationError} Fresh credentials cannot be obtained.
   * @throws The signal's reason.
   */
  renew(signal: AbortSignal): Promise<Identity | null>;
}

/** The parts of a {@linkcode ResolvedConfig}. */
export interface ClusterConfigParts {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly proxy: URL | null;
  readonly namespace: string | null;
  readonly authenticator: Authenticator;
  /** Sent with every request, beside the credentials. */
  readonly headers?: RequestHeaders;
}

/**
 * A {@linkcode ClusterConfig} with private fields, so that no inspection and no
 * `JSON.stringify` shows a key or a token.
 */
export class ResolvedConfig implements ClusterConfig {
  readonly #server: URL;
  readonly #tls: TlsOptions;
  readonly #proxy: URL | null;
  readonly #namespace: string | null;
  readonly #headers: RequestHeaders;
  readonly #authenticator: Authenticator;
  /** The TLS options with the latest client certificate from credentials. */
  #latestTls: TlsOptions;

  constructor(parts: ClusterConfigParts) {
    this.#server = parts.server;
    this.#tls = Object.freeze({ ...parts.tls });
    this.#proxy = parts.proxy;
    this.#namespace = parts.namespace;
    this.#headers = { ...parts.headers };
    this.#authenticator = parts.authenticator;
    this.#latestTls = this.#tls;
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

  async authenticate(signal: AbortSignal): Promise<Identity> {
    return this.#identity(
      await marked(this.#authenticator.authenticate(signal)),
    );
  }

  close(): Promise<void> {
    return this.#authenticator.close();
  }

  #identity(credentials: Credentials): Identity {
    const { authorization, certificate } = credentials;
    return {
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...this.#headers,
      },
      tls: certificate === undefined ? this.#tls : this.#tlsWith(certificate),
      renew: async (signal) => {
        const fresh = await marked(
          this.#authenticator.renew(credentials, signal),
        );
        return fresh && this.#identity(fresh);
      },
    };
  }

  #tlsWith({ clientCertificate, clientKey }: ClientCertificate): TlsOptions {
    const latest = this.#latestTls;
    if (
      latest.clientCertificate !== clientCertificate ||
      latest.clientKey !== clientKey
    ) {
      const options = { ...this.#tls, clientCertificate, clientKey };
      this.#latestTls = Object.freeze(options);
    }
    return this.#latestTls;
  }
}

defineInspection(ResolvedConfig, inspectConfig);

/** What an inspection shows of a configuration. */
export function inspectConfig({ server, namespace }: ClusterConfig): string {
  return `ClusterConfig { server: "${server.href}", namespace: ${
    JSON.stringify(namespace)
  } }`;
}

/** A watch that has reached the server tries again after such a failure. */
async function marked<Value>(credentials: Promise<Value>): Promise<Value> {
  try {
    return await credentials;
  } catch (error) {
    throw markCredentialsFailure(error);
  }
}
