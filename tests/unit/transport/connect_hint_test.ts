import { assertEquals } from "@std/assert";
import { connectError } from "../../../src/transport/connect_error.ts";
import { connectHint, type Peer } from "../../../src/transport/connect_hint.ts";
import { test } from "../../harness.ts";

const coded = (code: string, message = code): Error =>
  Object.assign(new Error(message), { code });

const rustls = (message: string): Error =>
  Object.assign(new Error(message), { name: "InvalidData" });

const ANONYMOUS: Peer = { tls: {} };
const KNOWN: Peer = { tls: { clientCertificate: "c", clientKey: "k" } };
const PLAIN: Peer = { tls: null };
const PROXY: Peer = { tls: {}, isProxy: true };

const AUTHORITY =
  "set certificateAuthority (certificate-authority-data in a kubeconfig) to the authority that signed it";
const NAME = "set tlsServerName to a name in the certificate";
const PURPOSE = "its extended key usage has to include server authentication";
const ALPN =
  "the server refuses HTTP/1.1 (ALPN), which WebSockets need: if it is a proxy, let it accept http/1.1";
const HTTP = "if the server speaks plain HTTP, its URL has to begin with http:";
const HTTPS = "if the server speaks TLS, its URL has to begin with https:";
const IDENTITY =
  "if the server requires a client certificate, set clientCertificate and clientKey";
const REFUSED = "the server may not accept the client certificate";

/** The runtimes' errors as they really are, and what to do. */
const CASES: readonly (readonly [Error, Peer, string | null])[] = [
  [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), ANONYMOUS, AUTHORITY],
  [coded("SELF_SIGNED_CERT_IN_CHAIN"), PROXY, AUTHORITY],
  [rustls("invalid peer certificate: UnknownIssuer"), ANONYMOUS, AUTHORITY],
  [
    rustls("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"),
    ANONYMOUS,
    "Deno accepts no authority's own certificate from a server: use a certificate signed by the authority",
  ],
  [coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), {
    tls: {},
    systemTrust: "SWITCH=on",
  }, `${AUTHORITY}, or trust the system's authorities with SWITCH=on`],
  [coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), {
    tls: { certificateAuthority: "PEM" },
    systemTrust: "SWITCH=on",
  }, AUTHORITY],
  [
    coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    { tls: {}, isPod: true, hidesFaults: true },
    "set certificateAuthority to the authority that signed it, unless it is expired or not for servers, which Deno does not tell here",
  ],
  [
    rustls("received fatal alert: UnrecognisedName"),
    ANONYMOUS,
    "set tlsServerName to a name that the server knows",
  ],
  [rustls("received fatal alert: UnrecognisedName"), PROXY, null],
  [coded("INVALID_PURPOSE"), ANONYMOUS, PURPOSE],
  [rustls("invalid peer certificate: InvalidPurpose"), KNOWN, PURPOSE],
  [coded("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL"), ANONYMOUS, ALPN],
  [rustls("received fatal alert: NoApplicationProtocol"), KNOWN, ALPN],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), ANONYMOUS, NAME],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), PROXY, null],
  [
    coded("CERT_HAS_EXPIRED"),
    ANONYMOUS,
    "renew the certificate, or correct this machine's clock",
  ],
  [coded("ERR_SSL_WRONG_VERSION_NUMBER"), ANONYMOUS, HTTP],
  [
    rustls("received corrupt message of type InvalidContentType"),
    ANONYMOUS,
    HTTP,
  ],
  [coded("EPROTO", "TLS handshake failure: wrong version number"), KNOWN, HTTP],
  [
    coded("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"),
    ANONYMOUS,
    "the server does not support TLS 1.2",
  ],
  [
    rustls("received fatal alert: ProtocolVersion"),
    ANONYMOUS,
    "the server does not support TLS 1.2",
  ],
  [
    coded("ERR_SSL_TLSV1_UNRECOGNIZED_NAME"),
    ANONYMOUS,
    "set tlsServerName to a name that the server knows",
  ],
  [
    coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    ANONYMOUS,
    IDENTITY,
  ],
  [rustls("received fatal alert: CertificateRequired"), ANONYMOUS, IDENTITY],
  [coded("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"), ANONYMOUS, IDENTITY],
  [rustls("received fatal alert: BadCertificate"), ANONYMOUS, IDENTITY],
  [coded("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), KNOWN, REFUSED],
  [coded("ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED"), KNOWN, REFUSED],
  [coded("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"), PROXY, null],
  [coded("ERR_SSL_NO_CIPHERS_AVAILABLE"), ANONYMOUS, null],
  [coded("ECONNRESET"), PLAIN, HTTPS],
  [coded("ECONNRESET"), ANONYMOUS, IDENTITY],
  [coded("ECONNRESET"), KNOWN, REFUSED],
  [coded("ECONNREFUSED"), ANONYMOUS, null],
  [new Error("something else"), ANONYMOUS, null],
];

for (const [error, peer, hint] of CASES) {
  const connection = peer === PLAIN
    ? "plain TCP"
    : peer === PROXY
    ? "a proxy"
    : peer === KNOWN
    ? "TLS with a client certificate"
    : "TLS";
  test(`the hint for "${error.message.slice(0, 60)}" over ${connection}`, () => {
    assertEquals(connectHint(error, peer), hint);
  });
}

test("the hint ends the message, where the caller can follow it", () => {
  const error = coded("ERR_TLS_CERT_ALTNAME_INVALID");
  const state = "Cannot connect to host:1: its certificate is for another name";
  assertEquals(connectError(error, "host:1").message, state);
  assertEquals(
    connectError(error, "host:1", connectHint(error, ANONYMOUS)).message,
    `${state}; ${NAME}`,
  );
});
