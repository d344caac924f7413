import type { SecureContext, SecureContextOptions } from "node:tls";
import type { TlsOptions } from "../transport/transport.ts";
import { builtin } from "./builtin.ts";

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
