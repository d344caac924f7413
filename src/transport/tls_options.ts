import { ConfigurationError } from "../errors.ts";
import { canonicalHost } from "./address.ts";
import { isBase64, isEncrypted, type PemBlock, pemBlocks } from "./pem.ts";
import type { TlsOptions } from "./transport.ts";

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

/** Matches the label of a certificate's PEM block. */
export const CERTIFICATE = /\bCERTIFICATE$/;

/** Matches the label of a private key's PEM block, in any format. */
export const PRIVATE_KEY = /\bPRIVATE KEY$/;

/**
 * Checks options before anything is sent. The runtimes report bad options with
 * different errors, and some ignore them.
 *
 * @throws {ConfigurationError} Names the option and the problem.
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

/** The problem with PEM certificates, or null. */
export function certificateProblem(text: string): string | null {
  return pemProblem(pemBlocks(text, CERTIFICATE));
}

/** The problem with a PEM private key, or null. */
export function keyProblem(text: string): string | null {
  const blocks = pemBlocks(text, PRIVATE_KEY);
  return blocks.some(isEncrypted)
    ? 'it is encrypted: decrypt it first, with "openssl pkey" for example'
    : pemProblem(blocks);
}

/** The problem with a server name, or null. */
export function serverNameProblem(serverName: string): string | null {
  const name = canonicalHost(serverName);
  const isName = name.length <= 253 &&
    name.split(".").every((label) => LABEL.test(label)) &&
    URL.canParse(`https://${name}`);
  const isAddress = name.includes(":") && URL.canParse(`https://[${name}]`);
  return isName || isAddress
    ? null
    : "it is neither a host name nor an address";
}

function pemProblem(blocks: readonly PemBlock[]): string | null {
  if (blocks.length === 0) return "it is not PEM text of the right kind";
  return blocks.every(isBase64) ? null : "its PEM text is damaged";
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
