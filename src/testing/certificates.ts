/**
 * The certificates of a test cluster, made at start: an authority, and what it
 * signs. The library that writes them is loaded on first use.
 *
 * @module
 */

import type { Extension, X509Certificate } from "@peculiar/x509";

/** A certificate and its private key, PEM text; the key is PKCS#8. */
export interface PemPair {
  /** The certificate, or a chain of them. */
  readonly certificate: string;
  /** The private key of the certificate. */
  readonly key: string;
}

/** What a server's certificate shall say. */
export interface ServerCertificateOptions {
  /** DNS names and IP addresses; `localhost`, `127.0.0.1` and `::1` by default. */
  readonly names?: readonly string[];
  /** Make it one that ran out an hour ago. */
  readonly expired?: boolean;
}

/** Whom a client's certificate names, in the way Kubernetes reads it. */
export interface ClientCertificateOptions {
  /** The user: the subject's CN. */
  readonly user: string;
  /** The user's groups: the subject's O, once for each. */
  readonly groups?: readonly string[];
  /** Make it one that ran out an hour ago. */
  readonly expired?: boolean;
}

/** An authority that signs certificates for tests. */
export interface CertificateAuthority extends PemPair {
  /** Signs a new server certificate. */
  issueServer(options?: ServerCertificateOptions): Promise<PemPair>;
  /** Signs a new client certificate. */
  issueClient(options: ClientCertificateOptions): Promise<PemPair>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Makes a new authority, its key in memory only. */
export async function createCertificateAuthority(
  commonName = "podwire test authority",
): Promise<CertificateAuthority> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    serialNumber: serialNumber(),
    signingAlgorithm: ALGORITHM,
    ...validity(false),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authority(certificate, keys.privateKey);
}

/** Signs with an authority that exists: an EC P-256 key in PKCS#8. */
export async function loadCertificateAuthority(
  pair: PemPair,
): Promise<CertificateAuthority> {
  const x509 = await loadX509();
  const key = await crypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(pair.key),
    ALGORITHM,
    true,
    ["sign"],
  );
  return authority(new x509.X509Certificate(pair.certificate), key);
}

async function authority(
  certificate: X509Certificate,
  signingKey: CryptoKey,
): Promise<CertificateAuthority> {
  const x509 = await loadX509();

  async function issue(
    name: Record<string, string[]>[],
    expired: boolean,
    extensions: Extension[],
  ): Promise<PemPair> {
    const keys = await generateKeys();
    const issued = await x509.X509CertificateGenerator.create({
      subject: name,
      issuer: certificate.subject,
      publicKey: keys.publicKey,
      signingKey,
      serialNumber: serialNumber(),
      signingAlgorithm: ALGORITHM,
      ...validity(expired),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(certificate),
        ...extensions,
      ],
    });
    return {
      certificate: pem(issued.toString("pem")),
      key: await privateKeyPem(keys.privateKey),
    };
  }

  return {
    certificate: pem(certificate.toString("pem")),
    key: await privateKeyPem(signingKey),
    issueServer({ names = LOCAL_NAMES, expired = false } = {}) {
      return issue([{ CN: [names[0] ?? "nobody"] }], expired, [
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
        ]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({
            type: isAddress(value) ? "ip" as const : "dns" as const,
            value,
          })),
        ),
      ]);
    },
    issueClient({ user, groups = [], expired = false }) {
      return issue(
        [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
        expired,
        [
          new x509.ExtendedKeyUsageExtension([
            x509.ExtendedKeyUsage.clientAuth,
          ]),
        ],
      );
    },
  };
}

function loadX509(): Promise<typeof import("@peculiar/x509")> {
  return import("@peculiar/x509");
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  const { PemConverter } = await loadX509();
  return pem(PemConverter.encode(der, "PRIVATE KEY"));
}

function validity(expired: boolean): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return expired
    ? { notBefore: new Date(now - DAY), notAfter: new Date(now - HOUR) }
    : { notBefore: new Date(now - HOUR), notAfter: new Date(now + 30 * DAY) };
}

/** Positive, as RFC 5280 (4.1.2.2) asks: the first bit stays 0. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = bytes[0]! & 0x7f | 0x40;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^[\d.]+$/.test(name);
}

function pem(text: string): string {
  return text.trim() + "\n";
}
