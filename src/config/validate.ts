import { ConfigurationError } from "../errors.ts";
import { looksLikeContent } from "../redact.ts";
import { proxyProblem } from "../transport/proxy/proxy_address.ts";
import {
  certificateProblem,
  keyProblem,
  serverNameProblem,
} from "../transport/tls_options.ts";
import type { TlsOptions } from "../transport/transport.ts";

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

/** PEM text with at least one certificate. */
export function certificatePem(
  value: unknown,
  setting: string,
): string | undefined {
  return checkedString(value, setting, certificateProblem);
}

/** PEM text with a private key. */
export function keyPem(value: unknown, setting: string): string | undefined {
  return checkedString(value, setting, keyProblem);
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
 * @throws {ConfigurationError} Invalid PEM, an invalid name, a certificate
 * without its key or the reverse, or an authority that would not be used.
 */
export function tlsOptions(
  settings: TlsSettings,
  labels: TlsLabels,
): TlsOptions {
  const options: TlsOptions = {
    certificateAuthority: certificatePem(
      settings.certificateAuthority,
      labels.certificateAuthority,
    ),
    clientCertificate: certificatePem(
      settings.clientCertificate,
      labels.clientCertificate,
    ),
    clientKey: keyPem(settings.clientKey, labels.clientKey),
    insecureSkipTlsVerify: optionalBoolean(
      settings.insecureSkipTlsVerify,
      labels.insecureSkipTlsVerify,
    ) || undefined,
    serverName: checkedString(
      settings.tlsServerName,
      labels.tlsServerName,
      serverNameProblem,
    ),
  };
  checkTogether(options, labels);
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
}

function optionalBoolean(value: unknown, setting: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") refuse(setting, "it must be true or false");
  return value;
}

function checkTogether(options: TlsOptions, labels: TlsLabels): void {
  if (options.clientCertificate && !options.clientKey) {
    refuse(labels.clientCertificate, `it requires ${labels.clientKey}`);
  }
  if (options.clientKey && !options.clientCertificate) {
    refuse(labels.clientKey, `it requires ${labels.clientCertificate}`);
  }
  if (options.insecureSkipTlsVerify && options.certificateAuthority) {
    refuse(
      labels.insecureSkipTlsVerify,
      `it contradicts ${labels.certificateAuthority}`,
    );
  }
}
