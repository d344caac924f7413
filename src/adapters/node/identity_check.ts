import type { PeerCertificate, TLSSocket } from "node:tls";
import { canonicalHost } from "../../transport/address.ts";
import { builtin } from "../../platform/builtin.ts";

/** Checks that a certificate is for the wanted name. */
export class IdentityCheck {
  readonly name: string;
  #checked = false;
  #failure: Error | undefined;

  /** @param host The server's name or address, as in a URL or an option. */
  constructor(host: string) {
    this.name = canonicalHost(host);
  }

  /** The name to send as SNI, which cannot be an address (RFC 6066, 3). */
  get sni(): string {
    return isAddress(this.name) ? "" : this.name;
  }

  /**
   * The option `checkServerIdentity` of `node:tls`. Ignores the host that it is
   * called with, which is `localhost` when ours is an address.
   */
  readonly checkServerIdentity = (
    _host: string,
    certificate: PeerCertificate,
  ): Error | undefined => this.#check(certificate);

  /**
   * Throws when the certificate is for another name. Bun 1.3 does not call
   * `checkServerIdentity` without an SNI name and accepts any certificate. A
   * resumed session was checked by the connection that created it.
   */
  verify(socket: TLSSocket): void {
    if (!this.#checked && !socket.isSessionReused()) {
      this.#check(socket.getPeerCertificate());
    }
    if (this.#failure) throw this.#failure;
  }

  #check(certificate: PeerCertificate): Error | undefined {
    this.#checked = true;
    this.#failure = isAddress(this.name)
      ? addressFailure(this.name, certificate)
      : nameFailure(this.name, certificate);
    return this.#failure;
  }
}

/** Node 22.23's own `checkServerIdentity` compares an IPv6 address as a name. */
function addressFailure(
  address: string,
  { raw, subjectaltname }: PeerCertificate,
): Error | undefined {
  const { X509Certificate } = builtin("node:crypto");
  if (new X509Certificate(raw).checkIP(address)) return undefined;
  return misnamed(address, subjectaltname);
}

/**
 * Like Go and rustls, and unlike `tls.checkServerIdentity`: only subject
 * alternative names count, never the common name, and a wildcard stands for
 * exactly the whole first label.
 */
function nameFailure(
  name: string,
  { subjectaltname }: PeerCertificate,
): Error | undefined {
  const [first = "", ...rest] = name.toLowerCase().split(".");
  const wildcard = ["*", ...rest].join(".");
  const exact = [first, ...rest].join(".");
  const matches = dnsNames(subjectaltname ?? "")
    .map((it) => it.toLowerCase().replace(/\.$/, ""))
    .some((it) => it === exact || it === wildcard);
  return matches ? undefined : misnamed(name, subjectaltname);
}

/** An entry is `DNS:name`; in quotes, it holds characters that no name has. */
const ENTRY = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

function dnsNames(subjectaltname: string): string[] {
  return [...subjectaltname.matchAll(ENTRY)]
    .filter(([, type]) => type === "DNS")
    .map(([, , value]) => value!);
}

function misnamed(name: string, names = "its names"): Error {
  const error = new Error(`${name} is not among ${names}`);
  return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

function isAddress(name: string): boolean {
  return builtin("node:net").isIP(name) !== 0;
}
