import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import { looksLikeContent } from "../redact.ts";
import { proxyProblem } from "../transport/proxy/proxy_address.ts";
import { isBase64, pemBlocks } from "../transport/pem.ts";
import {
  CERTIFICATE,
  certificateProblem,
  keyProblem,
  serverNameProblem,
} from "../transport/tls_options.ts";
import type { TlsOptions } from "../transport/transport.ts";
import type { ClientCertificate } from "./credentials.ts";

const BEGIN_CERTIFICATE = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/;

/** Reports a problem with a setting; names the setting, never its value. */
export function refuse(setting: string, problem: string): never {
  throw new ConfigurationError(`Cannot use ${setting}: ${problem}`);
}

/** The setting as a string that is not empty, or undefined if it is not set. */
export function optionalString(
  value: unknown,
  setting: string,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") refuse(setting, "it must be a string");
  if (value === "") refuse(setting, "it is empty");
  return value;
}

/**
 * The path of a kubeconfig. Its text instead is refused before it gets into an
 * error or a runtime's permission prompt.
 */
export function kubeconfigPath(
  value: unknown,
  setting: string,
): string | undefined {
  const path = optionalString(value, setting);
  if (path !== undefined && looksLikeContent(path)) {
    refuse(
      setting,
      "it is a kubeconfig's text, not a path; use parseKubeconfig",
    );
  }
  return path;
}

/** The URL of an API server. */
export function serverUrl(value: unknown, setting: string): URL {
  const url = parseUrl(value, setting, "https://10.0.0.1:6443");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    refuse(setting, "its scheme must be http: or https:");
  }
  if (url.username !== "" || url.password !== "") {
    refuse(setting, "credentials do not belong in the URL");
  }
  if (url.search !== "" || url.hash !== "") {
    refuse(setting, "it must have neither query nor fragment");
  }
  return url;
}

/** The URL of a proxy, which may contain credentials. */
export function proxyUrl(value: unknown, setting: string): URL | null {
  if (value === undefined || value === null) return null;
  const url = parseUrl(value, setting, "http://proxy:3128");
  const problem = proxyProblem(url);
  if (problem !== null) refuse(setting, problem);
  return url;
}

function parseUrl(value: unknown, setting: string, example: string): URL {
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== "string" || !URL.canParse(text)) {
    refuse(setting, `it is not a URL such as "${example}"`);
  }
  return new URL(text);
}

/**
 * PEM certificates to trust. As in kubectl, a damaged certificate among others is
 * left out: some runtimes refuse all of them because of it.
 */
function authorityPem(
  value: unknown,
  setting: string,
  host: Host | null,
): string | undefined {
  const text = optionalString(value, setting);
  if (text === undefined) return undefined;
  const blocks = pemBlocks(text, CERTIFICATE);
  const good = blocks.filter((block) =>
    isBase64(block) && (host?.isCertificate(block.text) ?? true)
  );
  const [first] = blocks;
  if (good.length === 0) {
    if (!first || !isBase64(first)) {
      checkedString(text, setting, certificateProblem);
    }
    refuse(setting, "it has no certificate that can be parsed");
  }
  const begun = text.split(BEGIN_CERTIFICATE).length - 1;
  return good.length === begun
    ? text
    : good.map((block) => `${block.text}\n`).join("");
}

/**
 * A PEM client certificate and its private key, which must match.
 *
 * @returns Nothing if neither is set.
 */
export function clientCertificatePem(
  { clientCertificate, clientKey }: Pick<
    TlsSettings,
    "clientCertificate" | "clientKey"
  >,
  labels: Pick<TlsLabels, "clientCertificate" | "clientKey">,
  host: Host | null,
): Partial<ClientCertificate> {
  const certificate = checkedString(
    clientCertificate,
    labels.clientCertificate,
    certificateProblem,
  );
  const key = checkedString(clientKey, labels.clientKey, keyProblem);
  if (certificate === undefined && key === undefined) return {};
  if (key === undefined) {
    refuse(labels.clientCertificate, `it requires ${labels.clientKey}`);
  }
  if (certificate === undefined) {
    refuse(labels.clientKey, `it requires ${labels.clientCertificate}`);
  }
  const fault = host?.certificateProblem(certificate, key) ?? null;
  if (fault !== null) {
    const label = fault.of === "key"
      ? labels.clientKey
      : labels.clientCertificate;
    refuse(label, fault.problem);
  }
  return { clientCertificate: certificate, clientKey: key };
}

function checkedString(
  value: unknown,
  setting: string,
  problemOf: (text: string) => string | null,
): string | undefined {
  const text = optionalString(value, setting);
  const problem = text === undefined ? null : problemOf(text);
  if (problem !== null) refuse(setting, problem);
  return text;
}

/** Unchecked TLS settings. */
export interface TlsSettings {
  readonly certificateAuthority?: unknown;
  readonly clientCertificate?: unknown;
  readonly clientKey?: unknown;
  readonly insecureSkipTlsVerify?: unknown;
  readonly tlsServerName?: unknown;
}

/** What messages call each of the {@linkcode TlsSettings}. */
export type TlsLabels = Readonly<Record<keyof TlsSettings, string>>;

/**
 * Checks TLS settings alone and against each other.
 *
 * @param host Parses certificates and keys; null if the runtime cannot.
 * @throws {ConfigurationError} Invalid PEM, an invalid name, a certificate
 * without its key or the reverse, or an authority that would not be used.
 */
export function tlsOptions(
  settings: TlsSettings,
  labels: TlsLabels,
  host: Host | null,
): TlsOptions {
  const options: TlsOptions = {
    certificateAuthority: authorityPem(
      settings.certificateAuthority,
      labels.certificateAuthority,
      host,
    ),
    ...clientCertificatePem(settings, labels, host),
    insecureSkipTlsVerify: optionalBoolean(
      settings.insecureSkipTlsVerify,
      labels.insecureSkipTlsVerify,
    ) || undefined,
    serverName: checkedString(
      withoutBrackets(settings.tlsServerName),
      labels.tlsServerName,
      serverNameProblem,
    ),
  };
  if (options.insecureSkipTlsVerify && options.certificateAuthority) {
    refuse(
      labels.insecureSkipTlsVerify,
      `it contradicts ${labels.certificateAuthority}`,
    );
  }
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
}

/** An IPv6 address, which Go's verification of a certificate takes in brackets too. */
function withoutBrackets(name: unknown): unknown {
  return typeof name === "string" ? name.replace(/^\[(.*:.*)\]$/, "$1") : name;
}

function optionalBoolean(value: unknown, setting: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") refuse(setting, "it must be true or false");
  return value;
}
