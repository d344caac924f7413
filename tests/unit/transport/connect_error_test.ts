import { assertEquals, assertStrictEquals } from "@std/assert";
import { ConnectError } from "../../../src/errors.ts";
import {
  connectError,
  lostReason,
} from "../../../src/transport/connect_error.ts";
import { test } from "../../harness.ts";

const coded = (code: string, message = code): Error =>
  Object.assign(new Error(message), { code });

const named = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });

/** The runtimes' errors as they really are, and the one word for them. */
const ROWS: readonly (readonly [Error, string])[] = [
  [coded("ECONNREFUSED"), "ECONNREFUSED"],
  [
    named("ConnectionRefused", "Connection refused (os error 111)"),
    "ECONNREFUSED",
  ],
  [coded("ECONNRESET"), "ECONNRESET"],
  [named("UnexpectedEof", "unexpected end of file"), "ECONNRESET"],
  [coded("UND_ERR_SOCKET", "other side closed"), "ECONNRESET"],
  [
    new Error(
      "client error (SendRequest): connection closed before message completed",
    ),
    "ECONNRESET",
  ],
  [
    new Error("peer closed connection without sending TLS close_notify"),
    "ECONNRESET",
  ],
  [new Error("client error (Connect): tls handshake eof"), "ECONNRESET"],
  [
    named("RangeError", "Invalid port (out of range): 0"),
    "ECONNREFUSED",
  ],
  [coded("ENOTFOUND"), "ENOTFOUND"],
  [
    coded("FailedToOpenSocket", "Was there a typo in the url or port?"),
    "ENOTFOUND",
  ],
  [coded("EAI_AGAIN"), "ENOTFOUND"],
  [
    new Error(
      "failed to lookup address information: Name or service not known",
    ),
    "ENOTFOUND",
  ],
  [coded("EINVAL", "getaddrinfo EINVAL name"), "ENOTFOUND"],
  [
    named("URIError", "invalid host 'a..b': empty label found in FQDN"),
    "ENOTFOUND",
  ],
  [coded("EINVAL", "connect EINVAL fe80::1:6443"), "EUNREACHABLE"],
  [new Error("Invalid argument (os error 22)"), "EUNREACHABLE"],
  [coded("ETIMEDOUT"), "ETIMEDOUT"],
  [
    new TypeError("fetch failed", {
      cause: coded("UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error"),
    }),
    "ETIMEDOUT",
  ],
  [coded("EHOSTUNREACH"), "EUNREACHABLE"],
  [new Error("No route to host (os error 113)"), "EUNREACHABLE"],
  [coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "CERT_UNTRUSTED"],
  [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "CERT_UNTRUSTED"],
  [
    named("InvalidData", "invalid peer certificate: UnknownIssuer"),
    "CERT_UNTRUSTED",
  ],
  [coded("CERT_HAS_EXPIRED"), "CERT_EXPIRED"],
  [
    named(
      "InvalidData",
      "invalid peer certificate: certificate expired: verification time 2 (UNIX), but certificate is not valid after 1",
    ),
    "CERT_EXPIRED",
  ],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), "CERT_NAME"],
  [
    named(
      "InvalidData",
      'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
    ),
    "CERT_NAME",
  ],
  [coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), "TLS_FAILED"],
  [
    named("InvalidData", "received fatal alert: CertificateRequired"),
    "TLS_FAILED",
  ],
  [
    coded(
      "UNKNOWN_CERTIFICATE_VERIFICATION_ERROR",
      "unknown certificate verification error",
    ),
    "TLS_FAILED",
  ],
  [new AggregateError([coded("ECONNREFUSED")]), "ECONNREFUSED"],
  [
    new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }),
    "ECONNREFUSED",
  ],
  [new Error("something else"), "UNKNOWN"],
];

for (const [error, code] of ROWS) {
  const title = `${error.name} ${error.message.slice(0, 60)}`.trim();
  test(`"${title}" is ${code}`, () => {
    const mapped = connectError(error, "127.0.0.1:6443");
    assertEquals(mapped.code, code);
    assertStrictEquals(mapped.cause, error);
  });
}

test("the message names the address and the reason", () => {
  const { message } = connectError(coded("ECONNREFUSED"), "127.0.0.1:6443");
  assertEquals(
    message,
    "Cannot connect to 127.0.0.1:6443: the connection was refused",
  );
});

test("an error without a known code keeps its message", () => {
  const { message } = connectError(new Error("No way.\nat a"), "host:1");
  assertEquals(message, "Cannot connect to host:1: No way");
});

test("of an error without a known code, the innermost cause is quoted", () => {
  const cause = new Error(
    "No way. For more information, pass `verbose: true` to fetch()",
  );
  const error = new TypeError("fetch failed", { cause });
  const { message } = connectError(error, "host:1");
  assertEquals(message, "Cannot connect to host:1: No way");
});

test("an open connection ends with the same words on every runtime", () => {
  for (
    const error of [
      coded("ECONNRESET", "read ECONNRESET"),
      named("ConnectionReset", "Connection reset by peer (os error 104)"),
      named("BrokenPipe", "Broken pipe (os error 32)"),
      new Error("connection reset"),
    ]
  ) assertEquals(lostReason(error), "the connection broke");
  for (
    const error of [
      coded("ETIMEDOUT", "read ETIMEDOUT"),
      named("TimedOut", "Connection timed out (os error 110)"),
    ]
  ) assertEquals(lostReason(error), "the connection timed out");
  assertEquals(
    lostReason(new Error("No way.")),
    "the connection broke: No way",
  );
});

test("a ConnectError is passed on", () => {
  const error = new ConnectError("told already", { code: "PROXY_AUTH" });
  assertStrictEquals(connectError(error, "host:1"), error);
});
