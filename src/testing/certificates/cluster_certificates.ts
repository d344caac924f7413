import { seesClientCertificates } from "../server/tls_listener.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  loadCertificateAuthority,
  type PemPair,
  type ServerCertificateOptions,
} from "./certificates.ts";

/** The user whose client certificate every cluster has. */
export const ADMINISTRATOR = "podwire-admin";

/** What a cluster with TLS needs. */
export interface ClusterCertificates {
  readonly authority: CertificateAuthority;
  readonly server: PemPair;
  /** Null where servers cannot request a client certificate. */
  readonly administrator: PemPair | null;
}

const DAY = 24 * 3_600_000;

/**
 * What was issued for an authority, by the contents of the server certificate and
 * the day, for certificates expire. An authority is known by its object.
 */
const issued = new WeakMap<
  PemPair,
  Map<string, Promise<ClusterCertificates>>
>();

/**
 * The certificates of a cluster. Clusters with the same authority share them:
 * issuing them takes far longer than the rest of a cluster's start.
 *
 * @param pair The authority. Defaults to a new one.
 */
export async function clusterCertificates(
  pair: PemPair | undefined,
  server: ServerCertificateOptions = {},
): Promise<ClusterCertificates> {
  if (pair === undefined) {
    return await issue(await createCertificateAuthority(), server);
  }
  let certificates = issued.get(pair);
  if (certificates === undefined) issued.set(pair, certificates = new Map());
  const contents = JSON.stringify([Math.floor(Date.now() / DAY), server]);
  let found = certificates.get(contents);
  if (found === undefined) {
    found = loadCertificateAuthority(pair)
      .then((authority) => issue(authority, server));
    certificates.set(contents, found);
  }
  return await found;
}

async function issue(
  authority: CertificateAuthority,
  server: ServerCertificateOptions,
): Promise<ClusterCertificates> {
  return {
    authority,
    server: await authority.issueServer(server),
    administrator: seesClientCertificates
      ? await authority.issueClient({ user: ADMINISTRATOR })
      : null,
  };
}
