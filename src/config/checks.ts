import { ConfigurationError } from "../errors.ts";
import { proxyProblem } from "../transport/proxy/proxy_address.ts";
import {
  certificateProblem,
  keyProblem,
  serverNameProblem,
} from "../transport/tls_options.ts";

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
  const url = parsedUrl(value, setting, "https://10.0.0.1:6443");
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
  const url = parsedUrl(value, setting, "http://proxy:3128");
  const problem = proxyProblem(url);
  if (problem !== null) refuse(setting, problem);
  return url;
}

function parsedUrl(value: unknown, setting: string, example: string): URL {
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
  return sound(value, setting, certificateProblem);
}

/** PEM text with a private key. */
export function keyPem(value: unknown, setting: string): string | undefined {
  return sound(value, setting, keyProblem);
}

/** A host name or an address, as a certificate may have it. */
export function serverName(
  value: unknown,
  setting: string,
): string | undefined {
  return sound(value, setting, serverNameProblem);
}

function sound(
  value: unknown,
  setting: string,
  problemOf: (text: string) => string | null,
): string | undefined {
  const text = optionalString(value, setting);
  const problem = text === undefined ? null : problemOf(text);
  if (problem !== null) refuse(setting, problem);
  return text;
}
