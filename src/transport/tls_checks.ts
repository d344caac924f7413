import { ConfigurationError } from "../errors.ts";
import type { TlsOptions } from "./transport.ts";

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

/** The blocks of PEM text (RFC 7468, 3): label and content. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs;

/** Headers that old private keys have before their content (RFC 1421, 4.6). */
const HEADER = /^[\w-]+:.*(\n[ \t].*)*$/gm;

/**
 * Refuses options that no runtime could use, before anything is sent: each
 * would call that by another name, and some would ignore it.
 *
 * @throws {ConfigurationError} Names the option and what is wrong with it.
 */
export function checkTls(tls: TlsOptions): void {
  const { certificateAuthority, clientCertificate, clientKey, serverName } =
    tls;
  check("certificateAuthority", certificateAuthority, certificateProblem);
  check("clientCertificate", clientCertificate, certificateProblem);
  check("clientKey", clientKey, keyProblem);
  check("serverName", serverName, serverNameProblem);
  if (clientCertificate !== undefined && clientKey === undefined) {
    refuse("clientCertificate", "it needs clientKey");
  }
  if (clientKey !== undefined && clientCertificate === undefined) {
    refuse("clientKey", "it needs clientCertificate");
  }
}

/** What is wrong with PEM certificates, or null. */
export function certificateProblem(text: string): string | null {
  return pemProblem(text, /\bCERTIFICATE$/);
}

/** What is wrong with a PEM private key, or null. */
export function keyProblem(text: string): string | null {
  return pemProblem(text, /\bPRIVATE KEY$/);
}

/** What keeps a text from being a server's name, or null. */
export function serverNameProblem(name: string): string | null {
  const isName = name.length <= 253 &&
    name.replace(/\.$/, "").split(".").every((label) => LABEL.test(label)) &&
    URL.canParse(`https://${name}`);
  const isAddress = name.includes(":") && URL.canParse(`https://[${name}]`);
  return isName || isAddress
    ? null
    : "it is neither a host name nor an address";
}

function pemProblem(text: string, kind: RegExp): string | null {
  const blocks = [...text.matchAll(BLOCK)];
  const wanted = blocks.filter(([, label]) => kind.test(label!));
  if (wanted.length === 0) return "it is not PEM text of the right kind";
  return wanted.every(([, , content]) => isBase64(content!))
    ? null
    : "its PEM text is damaged";
}

function isBase64(content: string): boolean {
  const text = content.replaceAll("\r", "").replace(HEADER, "")
    .replace(/\s/g, "");
  try {
    return text !== "" && atob(text) !== "";
  } catch {
    return false;
  }
}

function check(
  option: keyof TlsOptions,
  value: string | undefined,
  problemOf: (value: string) => string | null,
): void {
  const problem = value === undefined ? null : problemOf(value);
  if (problem !== null) refuse(option, problem);
}

function refuse(option: keyof TlsOptions, problem: string): never {
  throw new ConfigurationError(
    `Cannot use the TLS option ${option}: ${problem}`,
  );
}
