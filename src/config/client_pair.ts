import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import { certificatePem, keyPem, refuse } from "./checks.ts";
import type { ClientPair, Credentials } from "./credentials.ts";
import { readFile } from "./files.ts";
import { withRotatingPair } from "./rotating_pair.ts";
import type { Section } from "./section.ts";

/** The client certificate of a kubeconfig's user as it says it, unchecked. */
export async function pairOf(
  user: Section,
  host: Host | null,
): Promise<Partial<Record<keyof ClientPair, string | undefined>>> {
  const certificate = await dataOrFile(user, "client-certificate", host);
  return {
    clientCertificate: certificate,
    // Alone it says nothing, and kubectl does not look at it.
    clientKey: certificate && await dataOrFile(user, "client-key", host),
  };
}

/** How messages call what {@linkcode pairOf} gives. */
export function pairNames(user: Section): Record<keyof ClientPair, string> {
  return {
    clientCertificate: user.label("client-certificate"),
    clientKey: user.label("client-key"),
  };
}

/** Has the client certificate read again and again, where it is in files. */
export function rotating(
  credentials: Credentials,
  tls: TlsOptions,
  user: Section,
  host: Host | null,
): Credentials {
  if (!isPair(tls) || !isInFiles(user)) return credentials;
  return withRotatingPair(credentials, tls, async () => {
    const { clientCertificate, clientKey } = await pairOf(user, host);
    const names = pairNames(user);
    const pair = {
      clientCertificate: certificatePem(
        clientCertificate,
        names.clientCertificate,
      ),
      clientKey: keyPem(clientKey, names.clientKey),
    };
    if (isPair(pair)) return pair;
    refuse(names.clientCertificate, "it is gone");
  });
}

function isPair(
  pair: Partial<Record<keyof ClientPair, string | undefined>>,
): pair is ClientPair {
  return pair.clientCertificate !== undefined && pair.clientKey !== undefined;
}

function isInFiles(user: Section): boolean {
  return ["client-certificate", "client-key"].some((name) =>
    user.base64(`${name}-data`) === undefined && user.path(name) !== undefined
  );
}

/** What a field says in place, else what is in the file that it names. */
export async function dataOrFile(
  section: Section,
  name: string,
  host: Host | null,
): Promise<string | undefined> {
  const data = section.base64(`${name}-data`);
  if (data !== undefined) return data;
  const path = section.path(name);
  if (path === undefined) return undefined;
  return await readFile(host, path, section.label(name));
}
