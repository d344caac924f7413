import type { PeerCertificate, TLSSocket } from "node:tls";
import { builtin } from "./builtin.ts";

/** Whether the certificate is for the name that we want to talk to. */
export class IdentityCheck {
  readonly name: string;
  #asked = false;
  #verdict: Error | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** What to send as SNI, which cannot be an address (RFC 6066, 3). */
  get sni(): string {
    return builtin("node:net").isIP(this.name) === 0 ? this.name : "";
  }

  /**
   * For `checkServerIdentity`. The host that the hook is called with is none of
   * ours when that is an address: it is `localhost` then.
   */
  readonly hook = (
    _host: string,
    certificate: PeerCertificate,
  ): Error | undefined => this.#check(certificate);

  /**
   * Throws when the certificate is for another name. Bun 1.3 never calls the
   * hook without an SNI name, and would accept any certificate; a session that
   * was resumed brings the verdict of the connection that made it.
   */
  conclude(socket: TLSSocket): void {
    if (!this.#asked && !socket.isSessionReused()) {
      this.#check(socket.getPeerCertificate());
    }
    if (this.#verdict) throw this.#verdict;
  }

  #check(certificate: PeerCertificate): Error | undefined {
    this.#asked = true;
    this.#verdict = builtin("node:tls")
      .checkServerIdentity(this.name, certificate);
    return this.#verdict;
  }
}
