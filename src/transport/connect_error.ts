import { ConnectError, type ConnectErrorCode } from "../errors.ts";
import type { TlsOptions } from "./transport.ts";

/** The runtimes' own words, Node's and those that Bun and Deno share. */
const CODES: Readonly<Record<string, ConnectErrorCode>> = {
  ECONNREFUSED: "ECONNREFUSED",
  ConnectionRefused: "ECONNREFUSED",
  ECONNRESET: "ECONNRESET",
  ECONNABORTED: "ECONNRESET",
  EPIPE: "ECONNRESET",
  ConnectionReset: "ECONNRESET",
  ConnectionAborted: "ECONNRESET",
  BrokenPipe: "ECONNRESET",
  ConnectionClosed: "ECONNRESET",
  UnexpectedEof: "ECONNRESET",
  ENOTFOUND: "ENOTFOUND",
  EAI_AGAIN: "ENOTFOUND",
  EAI_NODATA: "ENOTFOUND",
  EAI_NONAME: "ENOTFOUND",
  DNSException: "ENOTFOUND",
  ETIMEDOUT: "ETIMEDOUT",
  TimedOut: "ETIMEDOUT",
  EHOSTUNREACH: "EUNREACHABLE",
  ENETUNREACH: "EUNREACHABLE",
  EADDRNOTAVAIL: "EUNREACHABLE",
  NetworkUnreachable: "EUNREACHABLE",
  HostUnreachable: "EUNREACHABLE",
  CERT_HAS_EXPIRED: "CERT_EXPIRED",
  CERT_NOT_YET_VALID: "CERT_EXPIRED",
  ERR_TLS_CERT_ALTNAME_INVALID: "CERT_NAME",
  HOSTNAME_MISMATCH: "CERT_NAME",
  SELF_SIGNED_CERT_IN_CHAIN: "CERT_UNTRUSTED",
  DEPTH_ZERO_SELF_SIGNED_CERT: "CERT_UNTRUSTED",
  UNABLE_TO_GET_ISSUER_CERT: "CERT_UNTRUSTED",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "CERT_UNTRUSTED",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "CERT_UNTRUSTED",
  INVALID_CA: "CERT_UNTRUSTED",
  CERT_UNTRUSTED: "CERT_UNTRUSTED",
  CERT_SIGNATURE_FAILURE: "CERT_UNTRUSTED",
  EPROTO: "TLS_FAILED",
};

/** Where there is no code but text: Deno's, which is rustls's and the system's. */
const TEXTS: readonly (readonly [RegExp, ConnectErrorCode])[] = [
  [/invalid peer certificate: .*(expired|not valid yet)/i, "CERT_EXPIRED"],
  [/invalid peer certificate: .*not ?valid for name/i, "CERT_NAME"],
  [/invalid peer certificate/i, "CERT_UNTRUSTED"],
  [/failed to lookup address|dns error/i, "ENOTFOUND"],
  [/connection refused/i, "ECONNREFUSED"],
  [/connection reset|unexpected end of file|peer closed/i, "ECONNRESET"],
  [/timed out/i, "ETIMEDOUT"],
  [/unreachable|no route to host/i, "EUNREACHABLE"],
  [/fatal alert|corrupt message|TLS handshake|\bSSL\b/i, "TLS_FAILED"],
];

/** How far to follow the causes. */
const MAX_DEPTH = 5;

/** The word for `error`, which may say it itself or by its causes. */
export function connectErrorCode(error: unknown): ConnectErrorCode {
  for (const cause of causesOf(error)) {
    const code = ownCode(cause);
    if (code !== null) return code;
  }
  return "UNKNOWN";
}

/** The error, what caused it, and so on. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  let at = error;
  while (at instanceof Error && causes.length < MAX_DEPTH) {
    causes.push(at);
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return causes;
}

function ownCode(error: Error): ConnectErrorCode | null {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") {
    if (Object.hasOwn(CODES, code)) return CODES[code]!;
    if (/^ERR_(SSL|OSSL|TLS)_/.test(code)) return "TLS_FAILED";
  }
  if (Object.hasOwn(CODES, error.name)) return CODES[error.name]!;
  return TEXTS.find(([text]) => text.test(error.message))?.[1] ?? null;
}

/** Whom a connection was for, as far as that helps to say what to do. */
export interface Dialled {
  /** Null for plain TCP. */
  readonly tls: TlsOptions | null;
  /** A proxy is neither told who we are, nor known by another name. */
  readonly isProxy?: boolean;
}

/** What a failed handshake looks like: OpenSSL's, BoringSSL's, rustls's words. */
const NO_TLS =
  /wrong.version.number|InvalidContentType|packet.length.too.long/i;
const OLD_TLS = /alert.?protocol.version|alert: ProtocolVersion/i;
const UNKNOWN_NAME = /unrecognized.?name/i;
const NO_CERTIFICATE =
  /certificate.?required|handshake.?failure|(bad|unknown|unsupported|expired|revoked).?certificate|certificate.?(unknown|expired|revoked)|unknown.?ca\b|access.?denied/i;

/** rustls: an authority's certificate is not for a server. */
const OWN_AUTHORITY = /CaUsedAsEndEntity/;

/** What to do about a connection that failed; null when that is not known. */
export function hintFor(
  code: ConnectErrorCode,
  error: unknown,
  dialled: Dialled,
): string | null {
  switch (code) {
    case "CERT_UNTRUSTED":
      return OWN_AUTHORITY.test(wordsOf(error))
        ? "Deno takes no authority's own certificate from a server: it needs one that the authority has signed"
        : "set certificateAuthority to the one that has signed it";
    case "CERT_NAME":
      return dialled.isProxy ? null : "set tlsServerName to a name that it has";
    case "CERT_EXPIRED":
      return "it needs a new one, or this machine the right time";
    case "TLS_FAILED":
      return handshakeHint(wordsOf(error), dialled);
    case "ECONNRESET":
      return dialled.tls === null
        ? "if it speaks TLS, its URL has to begin with https:"
        : identityHint(dialled);
    default:
      return null;
  }
}

function handshakeHint(words: string, dialled: Dialled): string | null {
  if (NO_TLS.test(words)) {
    return "if it speaks plain HTTP, its URL has to begin with http:";
  }
  if (OLD_TLS.test(words)) return "it speaks no TLS as new as 1.2";
  if (UNKNOWN_NAME.test(words)) {
    return "set tlsServerName to a name that it knows";
  }
  return NO_CERTIFICATE.test(words) ? identityHint(dialled) : null;
}

function identityHint({ tls, isProxy }: Dialled): string | null {
  if (isProxy) return null;
  return tls?.clientCertificate === undefined
    ? "if it wants a client certificate, set clientCertificate and clientKey"
    : "it may not accept the client certificate";
}

function wordsOf(error: unknown): string {
  return causesOf(error)
    .map((cause) => `${(cause as { code?: unknown }).code} ${cause.message}`)
    .join(" ");
}

const REASONS: Readonly<Partial<Record<ConnectErrorCode, string>>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset before an answer came",
  ENOTFOUND: "the host name was not found",
  ETIMEDOUT: "the connection timed out",
  EUNREACHABLE: "the host cannot be reached",
  CERT_UNTRUSTED: "its certificate is not signed by a trusted authority",
  CERT_EXPIRED: "its certificate is expired or not valid yet",
  CERT_NAME: "its certificate is for another name",
  TLS_FAILED: "the TLS handshake failed",
};

/**
 * Why there is no connection, in the same word on every runtime.
 *
 * @param error What the runtime gave.
 * @param where Host and port, for the message.
 * @param dialled What was dialled, when that gives a hint at what to do.
 */
export function connectError(
  error: unknown,
  where: string,
  dialled?: Dialled,
): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = connectErrorCode(error);
  const reason = REASONS[code] ?? describe(error);
  const hint = dialled && hintFor(code, error, dialled);
  return new ConnectError(
    `Cannot connect to ${where}: ${reason}${hint ? `; ${hint}` : ""}`,
    { code, cause: error },
  );
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/\.$/, "") || "the cause is not known";
}
