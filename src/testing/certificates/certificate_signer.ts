import type { Extension, X509Certificate } from "@peculiar/x509";
import { ConfigurationError } from "../../errors.ts";

/** The contents of a certificate, without its issuer and signature. */
export interface CertificateContents {
  readonly name: Record<string, string[]>[];
  readonly publicKey: CryptoKey;
  readonly extensions: readonly Extension[];
  readonly expired?: boolean;
  readonly notYetValid?: boolean;
}

/** The certificate and key that sign others. */
export interface Issuer {
  readonly certificate: X509Certificate;
  readonly key: CryptoKey;
}

/** The default key algorithm. */
export const EC_P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export const RSA_2048 = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Loads the library that encodes certificates. */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  // The `try` also makes a bundler take the package as optional.
  try {
    return await import("@peculiar/x509");
  } catch (cause) {
    throw new ConfigurationError(
      "Cannot create certificates: the package @peculiar/x509 cannot be " +
        "loaded; install @peculiar/x509@1, or start the cluster with " +
        "tls: false",
      { cause },
    );
  }
}

/** Generates an extractable key pair. */
export function generateKeys(
  algorithm: typeof EC_P256 | typeof RSA_2048,
): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

export async function sign(
  subject: CertificateContents,
  issuer: Issuer,
): Promise<X509Certificate> {
  const x509 = await loadX509();
  return await x509.X509CertificateGenerator.create({
    ...common(subject),
    subject: subject.name,
    issuer: issuer.certificate.subject,
    publicKey: subject.publicKey,
    signingKey: issuer.key,
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
      ...subject.extensions,
    ],
  });
}

export async function selfSign(
  subject: CertificateContents,
  keys: CryptoKeyPair,
): Promise<X509Certificate> {
  const x509 = await loadX509();
  return await x509.X509CertificateGenerator.createSelfSigned({
    ...common(subject),
    name: subject.name,
    keys,
    extensions: [...subject.extensions],
  });
}

export function certificatePem(certificate: X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}

/** Formats a private key as PEM, in PKCS#8. */
export async function privateKeyPem(key: CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  const { PemConverter } = await loadX509();
  return `${PemConverter.encode(der, "PRIVATE KEY").trim()}\n`;
}

function common({ expired = false, notYetValid = false }: CertificateContents) {
  const now = Date.now();
  const from = expired ? now - DAY : notYetValid ? now + DAY : now - HOUR;
  const until = expired ? now - HOUR : now + 30 * DAY;
  return {
    serialNumber: serialNumber(),
    signingAlgorithm: EC_P256,
    notBefore: new Date(from),
    notAfter: new Date(until),
  };
}

/** Positive, as RFC 5280, 4.1.2.2 requires: the first bit is 0. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = bytes[0]! & 0x7f | 0x40;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
