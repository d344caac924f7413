import type { ConnectErrorCode } from "../errors.ts";
import { causesOf } from "./connect_error_code.ts";
import type { TlsOptions } from "./transport.ts";

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
