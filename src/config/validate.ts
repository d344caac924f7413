import { ConfigurationError } from "../errors.ts";
import { proxyProblem } from "../transport/proxy/proxy_address.ts";
import {
  certificateProblem,
  keyProblem,
  serverNameProblem,
} from "../transport/tls_options.ts";
import type { TlsOptions } from "../transport/transport.ts";

/** Says what is wrong with a setting, by its name and never by its value. */
export function refuse(setting: string, problem: string): never {
  throw new ConfigurationError(`Cannot use ${setting}: ${problem}`);
}

/** The setting as a string that is not empty, or undefined when not given. */
export function optionalString(
  value: unknown,
  setting: string,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") refuse(setting, "it must be a string");
  if (value === "") refuse(setting, "it is empty");
  return value;
}

/** The setting as a boolean, false when not given. */
export function optionalBoolean(value: unknown, setting: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") refuse(setting, "it must be true or false");
  return value;
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

/** The URL of a proxy, which may hold credentials. */
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

/** A host name or an address, as a certificate may have it. */
export function serverName(
  value: unknown,
  setting: string,
): string | undefined {
  return checkedString(value, setting, serverNameProblem);
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

/** TLS settings as a source gives them, and the name each has there. */
export interface TlsSettings {
  readonly certificateAuthority?: unknown;
  readonly clientCertificate?: unknown;
  readonly clientKey?: unknown;
  readonly insecureSkipTlsVerify?: unknown;
  readonly tlsServerName?: unknown;
}

/** How a source calls each of its {@linkcode TlsSettings} in messages. */
export type TlsLabels = Readonly<Record<keyof TlsSettings, string>>;

/**
 * Checks the settings alone and against each other.
 *
 * @throws {ConfigurationError} Not PEM, not a name, half a key pair, or an authority beside
 * an order to trust anyone.
 */
export function tlsOptions(
  settings: TlsSettings,
  names: TlsLabels,
): TlsOptions {
  const options: TlsOptions = {
    certificateAuthority: certificatePem(
      settings.certificateAuthority,
      names.certificateAuthority,
    ),
    clientCertificate: certificatePem(
      settings.clientCertificate,
      names.clientCertificate,
    ),
    clientKey: keyPem(settings.clientKey, names.clientKey),
    insecureSkipTlsVerify: optionalBoolean(
      settings.insecureSkipTlsVerify,
      names.insecureSkipTlsVerify,
    ) || undefined,
    serverName: serverName(settings.tlsServerName, names.tlsServerName),
  };
  checkTogether(options, names);
  return withoutUndefined(options);
}

function checkTogether(options: TlsOptions, names: TlsLabels): void {
  if (options.clientCertificate && !options.clientKey) {
    refuse(names.clientCertificate, `it needs ${names.clientKey}`);
  }
  if (options.clientKey && !options.clientCertificate) {
    refuse(names.clientKey, `it needs ${names.clientCertificate}`);
  }
  if (options.insecureSkipTlsVerify && options.certificateAuthority) {
    refuse(
      names.insecureSkipTlsVerify,
      `it contradicts ${names.certificateAuthority}`,
    );
  }
}

function withoutUndefined(options: TlsOptions): TlsOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
}
