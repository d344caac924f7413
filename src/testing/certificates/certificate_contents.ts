import type { Extension } from "@peculiar/x509";
import { type CertificateContents, loadX509 } from "./certificate_signer.ts";

/** Contents of a server certificate. */
export interface ServerCertificateOptions {
  /**
   * DNS names and IP addresses. Defaults to `localhost`, `127.0.0.1` and `::1`.
   * An empty list: only the common name is `localhost`, as in old certificates.
   */
  readonly names?: readonly string[];
  /** Let it have expired an hour ago. */
  readonly expired?: boolean;
  /** Let it become valid tomorrow. */
  readonly notYetValid?: boolean;
}

/** Contents of a client certificate, as Kubernetes reads it. */
export interface ClientCertificateOptions {
  /** The user name: the subject's CN. */
  readonly user: string;
  /** The groups: one O of the subject each. */
  readonly groups?: readonly string[];
  /** Let it have expired an hour ago. */
  readonly expired?: boolean;
  /** Use an RSA key of 2048 bits. Defaults to an EC key on P-256. */
  readonly rsa?: boolean;
}

const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"];

/** The contents of a certificate whose key is not yet generated. */
export type CertificateTemplate = Omit<CertificateContents, "publicKey">;

export async function serverSubject(
  { names = LOCAL_NAMES, expired, notYetValid }: ServerCertificateOptions,
): Promise<CertificateTemplate> {
  const x509 = await loadX509();
  const alternatives = names.map((value) => ({
    type: isAddress(value) ? "ip" as const : "dns" as const,
    value,
  }));
  return {
    name: [{ CN: [names[0] ?? "localhost"] }],
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ...names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(alternatives)],
    ],
    expired,
    notYetValid,
  };
}

export async function clientSubject(
  { user, groups = [], expired }: ClientCertificateOptions,
): Promise<CertificateTemplate> {
  const x509 = await loadX509();
  return {
    name: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
    expired,
  };
}

/** Adds the extensions of a certificate that signs no others. */
export async function asLeaf(
  subject: CertificateTemplate,
): Promise<CertificateTemplate> {
  const x509 = await loadX509();
  return {
    ...subject,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...subject.extensions,
    ],
  };
}

/**
 * The extensions of an authority's certificate.
 *
 * @param depth How many intermediate authorities may follow it.
 */
export async function authorityExtensions(
  keys: CryptoKeyPair,
  depth: number,
): Promise<Extension[]> {
  const x509 = await loadX509();
  return [
    new x509.BasicConstraintsExtension(true, depth, true),
    new x509.KeyUsagesExtension(
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
      true,
    ),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^[\d.]+$/.test(name);
}
