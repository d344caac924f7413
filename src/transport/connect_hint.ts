import {
  connectErrorCode,
  messagesOf,
  WRONG_PURPOSE,
} from "./connect_error.ts";
import type { TlsOptions } from "./transport.ts";

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
  /** The runtime says of every bad certificate that it is not trusted. */
  readonly hidesFaults?: boolean;
}

/** Messages of failed handshakes: OpenSSL's, BoringSSL's and rustls's. */
const NO_TLS =
  /wrong.version.number|InvalidContentType|packet.length.too.long/i;
const OLD_TLS = /alert.?protocol.version|alert: ProtocolVersion/i;
const NO_HTTP1 = /no.?application.?protocol/i;
const UNKNOWN_NAME = /unrecogni[sz]ed.?name/i;
const NO_CERTIFICATE =
  /certificate.?required|handshake.?failure|(bad|unknown|unsupported|expired|revoked).?certificate|certificate.?(unknown|expired|revoked)|unknown.?ca\b|access.?denied/i;

/** rustls refuses an authority's certificate as a server's. */
const CA_AS_SERVER = /CaUsedAsEndEntity/;

/** What to do about a failed connection; null if that is not known. */
export function connectHint(error: unknown, peer: Peer): string | null {
  switch (connectErrorCode(error)) {
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
  { tls, systemTrust, isPod = false, hidesFaults = false }: Peer,
): string {
  if (CA_AS_SERVER.test(messages)) {
    return "Deno accepts no authority's own certificate from a server: use a certificate signed by the authority";
  }
  if (WRONG_PURPOSE.test(messages)) {
    return "its extended key usage has to include server authentication";
  }
  const place = isPod ? "" : " (certificate-authority-data in a kubeconfig)";
  const otherwise = hidesFaults
    ? ", unless it is expired or not for servers, which Deno does not tell here"
    : "";
  const hint =
    `set certificateAuthority${place} to the authority that signed it${otherwise}`;
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
  if (UNKNOWN_NAME.test(messages) && !peer.isProxy) {
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
