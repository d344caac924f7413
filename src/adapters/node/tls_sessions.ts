import { builtin } from "../../platform/builtin.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import type { SecureContext, SecureContextOptions } from "node:tls";

/** The connection that a session is for. */
interface SessionKey {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsOptions;
}

/**
 * TLS sessions to resume, which skips sending and verifying certificates. Keyed
 * by the identity of the options: a session resumed with other options would
 * skip their verification.
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
 * One `SecureContext` per options object: each parses the certificates and takes
 * memory outside of the heap.
 */
export class SecureContexts {
  readonly #contexts = new WeakMap<TlsOptions, SecureContext>();

  /** @throws If the certificate or the key is invalid. */
  of(tls: TlsOptions): SecureContext {
    let context = this.#contexts.get(tls);
    if (context === undefined) {
      context = builtin("node:tls").createSecureContext(contextOptions(tls));
      this.#contexts.set(tls, context);
    }
    return context;
  }
}

/** The TLS options that do not depend on the server. */
export function contextOptions(tls: TlsOptions): SecureContextOptions {
  return {
    ca: tls.certificateAuthority,
    // Trust an intermediate authority without its root, as Go and Deno do.
    allowPartialTrustChain: true,
    cert: tls.clientCertificate,
    key: tls.clientKey,
  };
}
