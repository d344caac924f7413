import { assert, assertEquals } from "@std/assert";
import type { PeerCertificate } from "node:tls";
import { IdentityCheck } from "../../../../src/adapters/node/identity_check.ts";
import { test } from "../../../harness.ts";

/** A certificate for a name, which counts how often its names are read. */
function certificateFor(name: string): PeerCertificate & { reads: number } {
  const certificate = {
    reads: 0,
    raw: new TextEncoder().encode(`the certificate of ${name}`),
    get subjectaltname() {
      this.reads++;
      return `DNS:${name}`;
    },
  };
  return certificate as unknown as PeerCertificate & { reads: number };
}

function check(name: string, certificate: PeerCertificate): Error | undefined {
  return new IdentityCheck(name).checkServerIdentity("", certificate);
}

test("identity: the names of a certificate are read once, for one name", () => {
  const a = certificateFor("a.test");
  assertEquals(check("a.test", a), undefined);
  const { reads } = a;
  assertEquals(check("a.test", a), undefined);
  assertEquals([reads > 0, a.reads], [true, reads]);
});

test("identity: neither another certificate nor another name passes after a check", () => {
  const [a, b] = [certificateFor("a.test"), certificateFor("b.test")];
  assertEquals(check("a.test", a), undefined);
  assert(check("b.test", a));
  assert(check("a.test", b));
  assertEquals(check("a.test", a), undefined);
  assert(check("a.test", b));
  assert(check("a.test", b), "a failure is not remembered as valid");
});
