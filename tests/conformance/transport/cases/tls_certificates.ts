import {
  type CertificateAuthority,
  createSelfSignedServer,
  type PemPair,
} from "../../../../src/testing/certificates/certificates.ts";
import type { TlsOptions } from "../../../../src/transport/transport.ts";
import { sharedCertificates } from "../fixtures.ts";

/** Creates a server's certificate. */
export type Server = (
  authority: CertificateAuthority,
) => PemPair | Promise<PemPair>;

/** A certificate for these names. */
export const named = (...names: string[]): Server => (authority) =>
  authority.issueServer({ names });

/** A certificate that is not valid now. */
export const outOfTime =
  (time: { expired?: true; notYetValid?: true }): Server => (authority) =>
    authority.issueServer({ names: ["127.0.0.1"], ...time });

/** Options that trust only this authority. */
export const trusting = ({ certificate }: PemPair): TlsOptions => ({
  certificateAuthority: certificate,
});

/** The client certificate of alice. */
export async function alice(): Promise<TlsOptions> {
  const { client } = await sharedCertificates();
  return { clientCertificate: client.certificate, clientKey: client.key };
}

let robert: Promise<PemPair> | undefined;

/** A client certificate with an RSA key, which is slow to create. */
export async function rsaClient(): Promise<TlsOptions> {
  const { authority } = await sharedCertificates();
  robert ??= authority.issueClient({ user: "robert", rsa: true });
  const { certificate, key } = await robert;
  return { clientCertificate: certificate, clientKey: key };
}

let own: Promise<PemPair> | undefined;

/** A certificate that no authority has signed. */
export function selfSigned(): Promise<PemPair> {
  return own ??= createSelfSignedServer({ names: ["127.0.0.1"] });
}

let below: Promise<CertificateAuthority> | undefined;

/** An authority below the shared one. */
export async function intermediate(): Promise<CertificateAuthority> {
  const { authority } = await sharedCertificates();
  return await (below ??= authority.issueAuthority("intermediate"));
}

/** A certificate that the intermediate authority has signed, with its own. */
export const chained: Server = async () =>
  await (await intermediate()).issueServer({ names: ["127.0.0.1"] });

/** Only the first certificate of the chain. */
export const unchained: Server = async (authority) => {
  const { certificate, key } = await chained(authority);
  const [first] = certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
  return { certificate: first!, key };
};
