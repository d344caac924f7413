import type { RequestHeaders, TlsOptions } from "../transport/transport.ts";
import {
  type Authenticator,
  type ClientCertificate,
  type Credentials,
  markCredentialsFailure,
} from "./credentials.ts";

/** Where a cluster is and how to get in: what every source resolves to. */
export interface ClusterConfig {
  /** `http:` or `https:`; a path in it is kept in front of every request's. */
  readonly server: URL;
  /** How the server is trusted, and the client certificate if that is fixed. */
  readonly tls: TlsOptions;
  /** The proxy, credentials in the URL; null for none. */
  readonly proxy: URL | null;
  /** The namespace that this source suggests. */
  readonly namespace: string | null;
  /**
   * Says who we are on one connection, which takes a file, a function or a
   * program, where the credentials come from one.
   *
   * @throws {ConfigurationError} The credentials cannot be had.
   * @throws The signal's reason.
   */
  authenticate(signal: AbortSignal): Promise<Identity>;
  /**
   * Ends what still works on credentials, and resolves once nothing of it is
   * left. Idempotent.
   */
  close(): Promise<void>;
}

/** Who we are, on one connection. It holds secrets. */
export interface Identity {
  /** What to send with the request. */
  readonly headers: RequestHeaders;
  /** One object for as long as it says the same: adapters key caches on it. */
  readonly tls: TlsOptions;
  /**
   * To be called when the server answers this identity with 401.
   *
   * @returns Another to try instead; null when there is none.
   * @throws {ConfigurationError} Fresh credentials cannot be had.
   * @throws The signal's reason.
   */
  renew(signal: AbortSignal): Promise<Identity | null>;
}

/** What a {@linkcode ResolvedConfig} is made of. */
export interface ClusterConfigParts {
  readonly server: URL;
  readonly tls: TlsOptions;
  readonly proxy: URL | null;
  readonly namespace: string | null;
  readonly authenticator: Authenticator;
  /** Sent with every request, whatever the credentials. */
  readonly headers?: RequestHeaders;
}

/**
 * A {@linkcode ClusterConfig} that keeps everything in private fields, so that
 * no inspection and no `JSON.stringify` shows a key or a token.
 */
export class ResolvedConfig implements ClusterConfig {
  readonly #server: URL;
  readonly #tls: TlsOptions;
  readonly #proxy: URL | null;
  readonly #namespace: string | null;
  readonly #headers: RequestHeaders;
  readonly #authenticator: Authenticator;
  /** The TLS options with the latest certificate that came with credentials. */
  #issued: TlsOptions;

  constructor(parts: ClusterConfigParts) {
    this.#server = parts.server;
    this.#tls = Object.freeze({ ...parts.tls });
    this.#proxy = parts.proxy;
    this.#namespace = parts.namespace;
    this.#headers = { ...parts.headers };
    this.#authenticator = parts.authenticator;
    this.#issued = this.#tls;
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
      await obtained(this.#authenticator.authenticate(signal)),
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
        const fresh = await obtained(
          this.#authenticator.renew(credentials, signal),
        );
        return fresh && this.#identity(fresh);
      },
    };
  }

  #tlsWith({ clientCertificate, clientKey }: ClientCertificate): TlsOptions {
    const { clientCertificate: certificate, clientKey: key } = this.#issued;
    if (certificate !== clientCertificate || key !== clientKey) {
      const options = { ...this.#tls, clientCertificate, clientKey };
      this.#issued = Object.freeze(options);
    }
    return this.#issued;
  }
}

async function obtained<Value>(credentials: Promise<Value>): Promise<Value> {
  try {
    return await credentials;
  } catch (error) {
    throw markCredentialsFailure(error);
  }
}
