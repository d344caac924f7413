import type { ConnectErrorCode } from "../errors.ts";

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
