/**
 * Certificates for test servers and clients. The library that encodes them is
 * loaded on first use.
 *
 * @module
 */

import {
  certificatePem,
  EC_P256,
  generateKeys,
  type Issuer,
  loadX509,
  privateKeyPem,
  RSA_2048,
  selfSign,
  sign,
} from "./certificate_signer.ts";
import {
  asLeaf,
  authorityExtensions,
  type CertificateTemplate,
  type ClientCertificateOptions,
  clientSubject,
  type ServerCertificateOptions,
  serverSubject,
} from "./certificate_contents.ts";

export type { ClientCertificateOptions, ServerCertificateOptions };

/** A certificate and its private key as PEM. */
export interface PemPair {
  /** The certificate, or a chain that begins with it. */
  readonly certificate: string;
  /** The private key of the certificate, in PKCS#8. */
  readonly key: string;
}

/** A certificate authority for tests. */
export interface CertificateAuthority extends PemPair {
  /** Signs a new server certificate. */
  issueServer(options?: ServerCertificateOptions): Promise<PemPair>;
  /** Signs a new client certificate. */
  issueClient(options: ClientCertificateOptions): Promise<PemPair>;
  /**
   * Signs an intermediate authority. Its certificate is appended to each that it
   * issues, because a server must send the chain.
   */
  issueAuthority(commonName: string): Promise<CertificateAuthority>;
}

/** Creates an authority with a new key, kept in memory. */
export async function createCertificateAuthority(
  commonName = "podwire test authority",
): Promise<CertificateAuthority> {
  const keys = await generateKeys(EC_P256);
  const certificate = await selfSign({
    name: [{ CN: [commonName] }],
    publicKey: keys.publicKey,
    extensions: await authorityExtensions(keys, 1),
  }, keys);
  return createAuthority({ certificate, key: keys.privateKey });
}

/** Loads an authority from PEM. Its key must be EC P-256, in PKCS#8. */
export async function loadCertificateAuthority(
  pair: PemPair,
): Promise<CertificateAuthority> {
  const x509 = await loadX509();
  const key = await crypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(pair.key),
    EC_P256,
    true,
    ["sign"],
  );
  const certificate = new x509.X509Certificate(pair.certificate);
  return createAuthority({ certificate, key });
}

/** Creates a self-signed server certificate. */
export async function createSelfSignedServer(
  options: ServerCertificateOptions = {},
): Promise<PemPair> {
  const keys = await generateKeys(EC_P256);
  const subject = await asLeaf(await serverSubject(options));
  const certificate = await selfSign(
    { ...subject, publicKey: keys.publicKey },
    keys,
  );
  return {
    certificate: certificatePem(certificate),
    key: await privateKeyPem(keys.privateKey),
  };
}

/** @param chain PEM that is appended to each issued certificate. */
async function createAuthority(
  issuer: Issuer,
  chain = "",
): Promise<CertificateAuthority> {
  async function issue(
    subject: CertificateTemplate,
    algorithm: typeof EC_P256 | typeof RSA_2048 = EC_P256,
  ): Promise<PemPair> {
    const { publicKey, privateKey } = await generateKeys(algorithm);
    const issued = await sign({ ...await asLeaf(subject), publicKey }, issuer);
    return {
      certificate: certificatePem(issued) + chain,
      key: await privateKeyPem(privateKey),
    };
  }

  return {
    certificate: certificatePem(issuer.certificate),
    key: await privateKeyPem(issuer.key),
    async issueServer(options = {}) {
      return await issue(await serverSubject(options));
    },
    async issueClient(options) {
      return await issue(
        await clientSubject(options),
        options.rsa ? RSA_2048 : EC_P256,
      );
    },
    async issueAuthority(commonName) {
      const keys = await generateKeys(EC_P256);
      const certificate = await sign({
        name: [{ CN: [commonName] }],
        publicKey: keys.publicKey,
        extensions: await authorityExtensions(keys, 0),
      }, issuer);
      const own = certificatePem(certificate);
      return createAuthority(
        { certificate, key: keys.privateKey },
        own + chain,
      );
    },
  };
}
