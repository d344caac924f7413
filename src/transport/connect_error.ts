import { ConnectError, type ConnectErrorCode } from "../errors.ts";

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
  FailedToOpenSocket: "ENOTFOUND",
  ETIMEDOUT: "ETIMEDOUT",
  TimedOut: "ETIMEDOUT",
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  UND_ERR_HEADERS_TIMEOUT: "ETIMEDOUT",
  UND_ERR_BODY_TIMEOUT: "ETIMEDOUT",
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
  UNKNOWN_CERTIFICATE_VERIFICATION_ERROR: "TLS_FAILED",
};

/**
 * Messages of errors without a code of their own: Deno's, from rustls, hyper and
 * the system, and those of Node's `fetch`.
 */
const TEXTS: readonly (readonly [RegExp, ConnectErrorCode])[] = [
  [/invalid peer certificate: .*(expired|not valid yet)/i, "CERT_EXPIRED"],
  [/invalid peer certificate: .*not ?valid for name/i, "CERT_NAME"],
  [/invalid peer certificate/i, "CERT_UNTRUSTED"],
  [/invalid (dns name|hostname|server name)/i, "CERT_NAME"],
  [/failed to lookup address|dns error|getaddrinfo|invalid host/i, "ENOTFOUND"],
  [/connection refused|invalid port/i, "ECONNREFUSED"],
  [
    /connection (reset|closed)|unexpected end of file|peer closed|other side closed|broken pipe|handshake eof|error reading a body/i,
    "ECONNRESET",
  ],
  [/timed out/i, "ETIMEDOUT"],
  // Of an IPv6 address of this link, without its zone.
  [/connect EINVAL|invalid argument \(os error 22\)/i, "EUNREACHABLE"],
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
function causesOf(error: unknown): Error[] {
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

/** Messages about a certificate that is not for servers. */
export const WRONG_PURPOSE =
  /INVALID_PURPOSE|InvalidPurpose|RequiredEkuNotFound|extended key usage/i;

/** The codes and messages of an error and its causes, for a search in them. */
export function messagesOf(error: unknown): string {
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
 * @param hint What to do about it: see `connectHint`.
 */
export function connectError(
  error: unknown,
  where: string,
  hint: string | null = null,
): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = connectErrorCode(error);
  const reason = WRONG_PURPOSE.test(messagesOf(error))
    ? "its certificate is not for servers"
    : REASONS[code] ?? describe(error);
  return new ConnectError(
    `Cannot connect to ${where}: ${reason}${hint ? `; ${hint}` : ""}`,
    { code, cause: error },
  );
}

/**
 * How a connection that was open has ended, alike on every runtime.
 *
 * @param error The runtime's error.
 */
export function lostReason(error: unknown): string {
  const code = connectErrorCode(error);
  if (code === "ECONNRESET") return "the connection broke";
  return REASONS[code] ?? `the connection broke: ${describe(error)}`;
}

/** Bun's advice to callers of `fetch`. */
const ADVICE = / *For more information, pass `verbose: true`.*/;

/**
 * The first line of what a runtime says about an error: of its innermost cause,
 * since the outer ones are as vague as `fetch failed`.
 */
function describe(error: unknown): string {
  const texts = error instanceof Error
    ? causesOf(error).map(({ message }) => message)
    : [String(error)];
  const text = texts.findLast((text) => text !== "") ?? "";
  const line = text.split("\n")[0]!.replace(ADVICE, "").replace(/\.$/, "");
  return line || "the cause is unknown";
}
