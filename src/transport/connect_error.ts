import { ConnectError, type ConnectErrorCode } from "../errors.ts";

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

const REASONS: Readonly<Partial<Record<ConnectErrorCode, string>>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset before an answer came",
  ENOTFOUND: "the host name was not found",
  ETIMEDOUT: "the connection timed out",
  EUNREACHABLE: "the host cannot be reached",
  CERT_UNTRUSTED:
    "the server's certificate is not signed by a trusted authority",
  CERT_EXPIRED: "the server's certificate is expired or not valid yet",
  CERT_NAME: "the server's certificate is for another name",
  TLS_FAILED: "the TLS handshake failed",
};

/** How far to follow the causes. */
const MAX_DEPTH = 5;

/**
 * Why there is no connection, in the same word on every runtime.
 *
 * @param error What the runtime gave.
 * @param where Host and port, for the message.
 */
export function connectError(error: unknown, where: string): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = connectErrorCode(error);
  const reason = REASONS[code] ?? describe(error);
  return new ConnectError(`Cannot connect to ${where}: ${reason}`, {
    code,
    cause: error,
  });
}

/** The word for `error`, which may say it itself or by its causes. */
export function connectErrorCode(error: unknown): ConnectErrorCode {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < MAX_DEPTH; depth++) {
    const code = ownCode(at);
    if (code !== null) return code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return "UNKNOWN";
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

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/\.$/, "") || "the cause is not known";
}
