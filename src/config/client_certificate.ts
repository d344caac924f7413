import { abortable } from "../abortable.ts";
import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import {
  type Authenticator,
  type ClientCertificate,
  isComplete,
  isSameCertificate,
} from "./credentials.ts";
import { readFile } from "./files.ts";
import type { Mapping } from "./kubeconfig_document.ts";
import { clientCertificatePem, refuse } from "./validate.ts";

type MaybeCertificate = Partial<
  Record<keyof ClientCertificate, string | undefined>
>;

/** The client certificate of a kubeconfig's user, unchecked. */
export async function readClientCertificate(
  user: Mapping,
  host: Host | null,
): Promise<MaybeCertificate> {
  const certificate = await dataOrFile(user, "client-certificate", host);
  return {
    clientCertificate: certificate,
    // kubectl ignores a key without a certificate.
    clientKey: certificate && await dataOrFile(user, "client-key", host),
  };
}

/** What messages call the parts of a user's client certificate. */
export function certificateLabels(
  user: Mapping,
): Record<keyof ClientCertificate, string> {
  return {
    clientCertificate: user.label("client-certificate"),
    clientKey: user.label("client-key"),
  };
}

/** Reads the field's base64 data, else the file that it names. */
export async function dataOrFile(
  mapping: Mapping,
  name: string,
  host: Host | null,
): Promise<string | undefined> {
  const data = mapping.base64(`${name}-data`);
  if (data !== undefined) return data;
  const path = mapping.path(name);
  if (path === undefined) return undefined;
  return await readFile(host, path, mapping.label(name));
}

/**
 * Adds a client certificate whose files are rotated from outside: they are read
 * for each request, as client-go does. While they are unreadable or do
 * not belong together, as halfway through a rotation, the last certificate stays
 * in use.
 */
export function withReloadedCertificate(
  authenticator: Authenticator,
  tls: TlsOptions,
  user: Mapping,
  host: Host | null,
): Authenticator {
  if (!isComplete(tls) || !isInFiles(user)) return authenticator;
  let latest: ClientCertificate = tls;
  const reload = async (signal: AbortSignal): Promise<ClientCertificate> => {
    try {
      latest = await abortable(readComplete(user, host, latest), signal);
    } catch {
      signal.throwIfAborted();
    }
    return latest;
  };
  return {
    async authenticate(signal) {
      const credentials = await authenticator.authenticate(signal);
      return { ...credentials, certificate: await reload(signal) };
    },
    async renew(refused, signal) {
      const fresh = await authenticator.renew(refused, signal);
      const certificate = await reload(signal);
      if (
        fresh === null && isSameCertificate(certificate, refused.certificate)
      ) {
        return null;
      }
      return { ...refused, ...fresh, certificate };
    },
    close: () => authenticator.close(),
  };
}

async function readComplete(
  user: Mapping,
  host: Host | null,
  latest: ClientCertificate,
): Promise<ClientCertificate> {
  const labels = certificateLabels(user);
  const unchecked = await readClientCertificate(user, host);
  if (isComplete(unchecked) && isSameCertificate(unchecked, latest)) {
    return latest;
  }
  const certificate = clientCertificatePem(unchecked, labels, host);
  if (isComplete(certificate)) return certificate;
  refuse(labels.clientCertificate, "it is missing");
}

function isInFiles(user: Mapping): boolean {
  return ["client-certificate", "client-key"].some((name) =>
    user.base64(`${name}-data`) === undefined && user.path(name) !== undefined
  );
}
