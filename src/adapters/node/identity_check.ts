import type { PeerCertificate, TLSSocket } from "node:tls";
import { builtin } from "../../platform/builtin.ts";

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
    return isAddress(this.name) ? "" : this.name;
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
    this.#verdict = isAddress(this.name)
      ? addressVerdict(this.name, certificate)
      : builtin("node:tls").checkServerIdentity(this.name, certificate);
    return this.#verdict;
  }
}

/** Node 22.23's own `checkServerIdentity` takes an IPv6 address for a name. */
function addressVerdict(
  address: string,
  { raw, subjectaltname }: PeerCertificate,
): Error | undefined {
  const { X509Certificate } = builtin("node:crypto");
  if (new X509Certificate(raw).checkIP(address)) return undefined;
  const error = new Error(
    `${address} is not among ${subjectaltname ?? "its names"}`,
  );
  return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

function isAddress(name: string): boolean {
  return builtin("node:net").isIP(name) !== 0;
}
