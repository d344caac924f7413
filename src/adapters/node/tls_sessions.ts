import { builtin } from "../../platform/builtin.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import type { SecureContext, SecureContextOptions } from "node:tls";

/** What a session belongs to. */
interface SessionKey {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsOptions;
}

/**
 * TLS sessions to resume, which spares the certificates' way and check. They
 * are kept by the identity of the options: a session resumed under others would
 * skip what those ask to verify.
 */
export class SessionCache {
  readonly #sessions = new WeakMap<TlsOptions, Map<string, Uint8Array>>();

  get<Session extends Uint8Array>(key: SessionKey): Session | undefined {
    return this.#sessions.get(key.tls)?.get(address(key)) as Session;
  }

  set(key: SessionKey, session: Uint8Array): void {
    let sessions = this.#sessions.get(key.tls);
    if (!sessions) this.#sessions.set(key.tls, sessions = new Map());
    sessions.set(address(key), session);
  }
}

function address({ hostname, port }: SessionKey): string {
  return `${hostname} ${port}`;
}

/**
 * What `node:tls` makes of TLS options, made once for the same options: each
 * takes a parse of the certificates, and memory that no heap accounts for.
 */
export class SecureContexts {
  readonly #contexts = new WeakMap<TlsOptions, SecureContext>();

  /** @throws The certificate or the key is not valid. */
  of(tls: TlsOptions): SecureContext {
    let context = this.#contexts.get(tls);
    if (context === undefined) {
      context = builtin("node:tls").createSecureContext(contextOptions(tls));
      this.#contexts.set(tls, context);
    }
    return context;
  }
}

/** The part of TLS options that does not depend on the server. */
export function contextOptions(tls: TlsOptions): SecureContextOptions {
  return {
    ca: tls.certificateAuthority,
    // An authority need not be at the root: so it is for Go and for Deno.
    allowPartialTrustChain: true,
    cert: tls.clientCertificate,
    key: tls.clientKey,
  };
}
