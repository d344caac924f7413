import type { TlsOptions } from "../transport/transport.ts";

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
