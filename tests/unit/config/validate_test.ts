import { assertEquals, assertThrows } from "@std/assert";
import { tlsOptions } from "../../../src/config/validate.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { hostOf } from "../../../src/platform/host.ts";
import { test } from "../../harness.ts";
import { KEY, REAL, UNPARSABLE } from "../../support/pem.ts";

const LABELS = {
  certificateAuthority: "the authority",
  clientCertificate: "the client certificate",
  clientKey: "the client key",
  insecureSkipTlsVerify: "insecureSkipTlsVerify",
  tlsServerName: "tlsServerName",
};

function authority(certificateAuthority: string, host = hostOf()) {
  return tlsOptions({ certificateAuthority }, LABELS, host)
    .certificateAuthority;
}

const [ONE, OTHER] = REAL.map((it) => it.certificate) as [string, string];
const NOT_BASE64 = ONE.replace("MIIB", "%%%%");

test("tlsOptions: a bundle without damage is passed on unchanged", () => {
  for (const text of [ONE, `# a comment\n${ONE}\n\n${OTHER}`, ONE + KEY]) {
    assertEquals(authority(text), text);
  }
});

test("tlsOptions: damaged certificates of a bundle are left out, as in kubectl", () => {
  const unterminated = ONE.slice(0, 200);
  for (const damaged of [UNPARSABLE, NOT_BASE64, unterminated]) {
    assertEquals(authority(`${ONE}${OTHER}${damaged}`), ONE + OTHER);
  }
  assertEquals(authority(`${UNPARSABLE}${ONE}`), ONE);
  // Where nothing can parse certificates, only base64 is checked.
  assertEquals(authority(`${NOT_BASE64}${ONE}`, null), ONE);
});

test("tlsOptions: a bundle without a valid certificate is refused by name", () => {
  for (const text of [UNPARSABLE, NOT_BASE64, KEY, "x", ONE.slice(0, 200)]) {
    assertThrows(
      () => authority(text),
      ConfigurationError,
      "Cannot use the authority: it",
    );
  }
});

test("tlsOptions: a server name may be an IPv6 address in brackets", () => {
  const named = (tlsServerName: string) =>
    tlsOptions({ tlsServerName }, LABELS, null).serverName;
  assertEquals(named("[::1]"), "::1");
  assertEquals(named("::1"), "::1");
  assertEquals(named("kube.internal."), "kube.internal.");
  for (const name of ["[kube.internal]", "[", "[::1", "a b", ""]) {
    assertThrows(() => named(name), ConfigurationError, "tlsServerName");
  }
});
