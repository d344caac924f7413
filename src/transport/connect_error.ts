import { ConnectError, type ConnectErrorCode } from "../errors.ts";
import type { TlsOptions } from "./transport.ts";

/** Codes and error names of Node, and of Bun and Deno. */
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
  CERT_CHAIN_TOO_LONG: "CERT_UNTRUSTED",
  CERT_REJECTED: "CERT_UNTRUSTED",
  CERT_REVOKED: "CERT_UNTRUSTED",
  CA_KEY_TOO_SMALL: "CERT_UNTRUSTED",
  CA_MD_TOO_WEAK: "CERT_UNTRUSTED",
  EE_KEY_TOO_SMALL: "CERT_UNTRUSTED",
  INVALID_PURPOSE: "CERT_UNTRUSTED",
  PATH_LENGTH_EXCEEDED: "CERT_UNTRUSTED",
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: "CERT_UNTRUSTED",
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: "CERT_UNTRUSTED",
  EPROTO: "TLS_FAILED",
};

/** Messages of errors without a code: Deno's, from rustls and the system. */
const TEXTS: readonly (readonly [RegExp, ConnectErrorCode])[] = [
  [/invalid peer certificate: .*(expired|not valid yet)/i, "CERT_EXPIRED"],
  [/invalid peer certificate: .*not ?valid for name/i, "CERT_NAME"],
  [/invalid peer certificate/i, "CERT_UNTRUSTED"],
  [/invalid (dns name|hostname|server name)/i, "CERT_NAME"],
  [/failed to lookup address|dns error/i, "ENOTFOUND"],
  [/connection refused/i, "ECONNREFUSED"],
  [/connection reset|unexpected end of file|peer closed/i, "ECONNRESET"],
  [/timed out/i, "ETIMEDOUT"],
  [/unreachable|no route to host/i, "EUNREACHABLE"],
  [
    /fatal alert|corrupt message|TLS handshake|no.?application.?protocol|\bSSL\b/i,
    "TLS_FAILED",
  ],
];

/** How many nested causes to follow. */
const MAX_DEPTH = 5;

/** The code of `error`, taken from it or its causes. */
export function connectErrorCode(error: unknown): ConnectErrorCode {
  for (const cause of causesOf(error)) {
    const code = codeOf(cause);
    if (code !== null) return code;
  }
  return "UNKNOWN";
}

/** The error followed by its nested causes. */
export function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  let at = error;
  while (at instanceof Error && causes.length < MAX_DEPTH) {
    causes.push(at);
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return causes;
}

function codeOf(error: Error): ConnectErrorCode | null {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") {
    if (Object.hasOwn(CODES, code)) return CODES[code]!;
    if (/^ERR_(SSL|OSSL|TLS)_/.test(code)) return "TLS_FAILED";
  }
  if (Object.hasOwn(CODES, error.name)) return CODES[error.name]!;
  return TEXTS.find(([text]) => text.test(error.message))?.[1] ?? null;
}

/** The other end of a connection, as far as hints depend on it. */
export interface Peer {
  /** Null for plain TCP. */
  readonly tls: TlsOptions | null;
  /** How to make the runtime trust the system's authorities. */
  readonly systemTrust?: string;
  /** A proxy gets no client certificate and has no `serverName`. */
  readonly isProxy?: boolean;
  /** It is in a pod, which no kubeconfig describes. */
  readonly isPod?: boolean;
}

/** Messages of failed handshakes: OpenSSL's, BoringSSL's and rustls's. */
const NO_TLS =
  /wrong.version.number|InvalidContentType|packet.length.too.long/i;
const OLD_TLS = /alert.?protocol.version|alert: ProtocolVersion/i;
const NO_HTTP1 = /no.?application.?protocol/i;
const UNKNOWN_NAME = /unrecognized.?name/i;
const NO_CERTIFICATE =
  /certificate.?required|handshake.?failure|(bad|unknown|unsupported|expired|revoked).?certificate|certificate.?(unknown|expired|revoked)|unknown.?ca\b|access.?denied/i;

/** rustls refuses an authority's certificate as a server's. */
const CA_AS_SERVER = /CaUsedAsEndEntity/;

/** Messages about a certificate that is not for servers. */
const WRONG_PURPOSE =
  /INVALID_PURPOSE|InvalidPurpose|RequiredEkuNotFound|extended key usage/i;

/** What to do about a failed connection; null if that is not known. */
export function connectHint(
  code: ConnectErrorCode,
  error: unknown,
  peer: Peer,
): string | null {
  switch (code) {
    case "CERT_UNTRUSTED":
      return trustHint(messagesOf(error), peer);
    case "CERT_NAME":
      return peer.isProxy
        ? null
        : "set tlsServerName to a name in the certificate";
    case "CERT_EXPIRED":
      return "renew the certificate, or correct this machine's clock";
    case "TLS_FAILED":
      return handshakeHint(messagesOf(error), peer);
    case "ECONNRESET":
      return peer.tls === null
        ? "if the server speaks TLS, its URL has to begin with https:"
        : clientCertificateHint(peer);
    default:
      return null;
  }
}

function trustHint(
  messages: string,
  { tls, systemTrust, isPod = false }: Peer,
): string {
  if (CA_AS_SERVER.test(messages)) {
    return "Deno accepts no authority's own certificate from a server: use a certificate signed by the authority";
  }
  if (WRONG_PURPOSE.test(messages)) {
    return "its extended key usage has to include server authentication";
  }
  const place = isPod ? "" : " (certificate-authority-data in a kubeconfig)";
  const hint =
    `set certificateAuthority${place} to the authority that signed it`;
  return systemTrust === undefined || tls?.certificateAuthority !== undefined
    ? hint
    : `${hint}, or trust the system's authorities with ${systemTrust}`;
}

function handshakeHint(messages: string, peer: Peer): string | null {
  if (NO_TLS.test(messages)) {
    return "if the server speaks plain HTTP, its URL has to begin with http:";
  }
  if (OLD_TLS.test(messages)) return "the server does not support TLS 1.2";
  if (NO_HTTP1.test(messages)) {
    return "the server refuses HTTP/1.1 (ALPN), which WebSockets need: if it is a proxy, let it accept http/1.1";
  }
  if (UNKNOWN_NAME.test(messages)) {
    return "set tlsServerName to a name that the server knows";
  }
  return NO_CERTIFICATE.test(messages) ? clientCertificateHint(peer) : null;
}

function clientCertificateHint({ tls, isProxy }: Peer): string | null {
  if (isProxy) return null;
  return tls?.clientCertificate === undefined
    ? "if the server requires a client certificate, set clientCertificate and clientKey"
    : "the server may not accept the client certificate";
}

function messagesOf(error: unknown): string {
  return causesOf(error)
    .map((cause) => `${(cause as { code?: unknown }).code} ${cause.message}`)
    .join(" ");
}

const REASONS: Readonly<Partial<Record<ConnectErrorCode, string>>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset before a response arrived",
  ENOTFOUND: "the host name was not found",
  ETIMEDOUT: "the connection timed out",
  EUNREACHABLE: "the host is unreachable",
  CERT_UNTRUSTED: "its certificate is not signed by a trusted authority",
  CERT_EXPIRED: "its certificate is expired or not valid yet",
  CERT_NAME: "its certificate is for another name",
  TLS_FAILED: "the TLS handshake failed",
};

/**
 * Wraps a runtime's error; its code is the same on every runtime.
 *
 * @param error The runtime's error.
 * @param where Host and port, for the message.
 * @param peer The server or proxy, for the hint.
 */
export function connectError(
  error: unknown,
  where: string,
  peer?: Peer,
): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = connectErrorCode(error);
  const reason = WRONG_PURPOSE.test(messagesOf(error))
    ? "its certificate is not for servers"
    : REASONS[code] ?? describe(error);
  const hint = peer && connectHint(code, error, peer);
  return new ConnectError(
    `Cannot connect to ${where}: ${reason}${hint ? `; ${hint}` : ""}`,
    { code, cause: error },
  );
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/\.$/, "") || "the cause is unknown";
}
