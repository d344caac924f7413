import { abortable } from "../abortable.ts";
import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import {
  type Authenticator,
  type ClientCertificate,
  isSameCertificate,
} from "./credentials.ts";
import { readFile } from "./files.ts";
import type { Mapping } from "./kubeconfig_document.ts";
import { certificatePem, keyPem, refuse } from "./validate.ts";

/**
 * Credentials and, beside them, a client certificate whose files somebody else
 * rotates: they are read at each connection (client-go looks at them too). While
 * they cannot be read or hold no such pair, the last one goes on to count.
 *
 * @param first The pair that the files held at the beginning.
 * @param read Reads them; rejects where they hold no pair.
 */
export function withReloadedCertificate(
  credentials: Authenticator,
  first: ClientCertificate,
  read: () => Promise<ClientCertificate>,
): Authenticator {
  let latest = first;
  const pairNow = async (signal: AbortSignal): Promise<ClientCertificate> => {
    try {
      latest = await abortable(read(), signal);
    } catch {
      signal.throwIfAborted();
    }
    return latest;
  };
  return {
    async authenticate(signal) {
      const proof = await credentials.authenticate(signal);
      return { ...proof, certificate: await pairNow(signal) };
    },
    async renew(refused, signal) {
      const other = await credentials.renew(refused, signal);
      const pair = await pairNow(signal);
      if (other === null && isSameCertificate(pair, refused.certificate)) {
        return null;
      }
      return { ...refused, ...other, certificate: pair };
    },
    close: () => credentials.close(),
  };
}

/** The client certificate of a kubeconfig's user as it says it, unchecked. */
export async function readClientCertificate(
  user: Mapping,
  host: Host | null,
): Promise<Partial<Record<keyof ClientCertificate, string | undefined>>> {
  const certificate = await dataOrFile(user, "client-certificate", host);
  return {
    clientCertificate: certificate,
    // Alone it says nothing, and kubectl does not look at it.
    clientKey: certificate && await dataOrFile(user, "client-key", host),
  };
}

/** How messages call what {@linkcode readClientCertificate} gives. */
export function certificateLabels(
  user: Mapping,
): Record<keyof ClientCertificate, string> {
  return {
    clientCertificate: user.label("client-certificate"),
    clientKey: user.label("client-key"),
  };
}

/** Has the client certificate read again and again, where it is in files. */
export function withRotation(
  credentials: Authenticator,
  tls: TlsOptions,
  user: Mapping,
  host: Host | null,
): Authenticator {
  if (!isComplete(tls) || !isInFiles(user)) return credentials;
  return withReloadedCertificate(credentials, tls, async () => {
    const { clientCertificate, clientKey } = await readClientCertificate(
      user,
      host,
    );
    const names = certificateLabels(user);
    const pair = {
      clientCertificate: certificatePem(
        clientCertificate,
        names.clientCertificate,
      ),
      clientKey: keyPem(clientKey, names.clientKey),
    };
    if (isComplete(pair)) return pair;
    refuse(names.clientCertificate, "it is gone");
  });
}

function isComplete(
  pair: Partial<Record<keyof ClientCertificate, string | undefined>>,
): pair is ClientCertificate {
  return pair.clientCertificate !== undefined && pair.clientKey !== undefined;
}

function isInFiles(user: Mapping): boolean {
  return ["client-certificate", "client-key"].some((name) =>
    user.base64(`${name}-data`) === undefined && user.path(name) !== undefined
  );
}

/** What a field says in place, else what is in the file that it names. */
export async function dataOrFile(
  section: Mapping,
  name: string,
  host: Host | null,
): Promise<string | undefined> {
  const data = section.base64(`${name}-data`);
  if (data !== undefined) return data;
  const path = section.path(name);
  if (path === undefined) return undefined;
  return await readFile(host, path, section.label(name));
}
