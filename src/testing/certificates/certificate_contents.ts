import type { Extension } from "@peculiar/x509";
import { type CertificateContents, loadX509 } from "./certificate_signer.ts";

/** What a server's certificate shall say. */
export interface ServerCertificateOptions {
  /** DNS names and IP addresses; `localhost`, `127.0.0.1` and `::1` by default. */
  readonly names?: readonly string[];
  /** Make it one that ran out an hour ago. */
  readonly expired?: boolean;
  /** Make it one that is valid from tomorrow on. */
  readonly notYetValid?: boolean;
}

/** Whom a client's certificate names, in the way Kubernetes reads it. */
export interface ClientCertificateOptions {
  /** The user: the subject's CN. */
  readonly user: string;
  /** The user's groups: the subject's O, once for each. */
  readonly groups?: readonly string[];
  /** Make it one that ran out an hour ago. */
  readonly expired?: boolean;
  /** With an RSA key, of 2048 bits; by default one on the curve P-256. */
  readonly rsa?: boolean;
}

const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"];

/** What a certificate is to say, before there is a key for it. */
export type CertificateTemplate = Omit<CertificateContents, "publicKey">;

/** A server. */
export async function serverSubject(
  { names = LOCAL_NAMES, expired, notYetValid }: ServerCertificateOptions,
): Promise<CertificateTemplate> {
  const x509 = await loadX509();
  const alternatives = names.map((value) => ({
    type: isAddress(value) ? "ip" as const : "dns" as const,
    value,
  }));
  return {
    name: [{ CN: [names[0] ?? "nobody"] }],
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
    ],
    expired,
    notYetValid,
  };
}

/** A client, as Kubernetes reads it. */
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

/** The subject as one that signs nothing. */
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
 * What makes a certificate an authority's.
 *
 * @param depth How many authorities may be below it.
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
