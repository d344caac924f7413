import { assert, assertEquals } from "@std/assert";
import type { PeerCertificate } from "node:tls";
import { IdentityCheck } from "../../../../src/adapters/node/identity_check.ts";
import { test } from "../../../harness.ts";

function certificateFor(name: string): PeerCertificate {
  return { subjectaltname: `DNS:${name}` } as PeerCertificate;
}

function check(name: string, certificate: PeerCertificate): Error | undefined {
  return new IdentityCheck(name).checkServerIdentity("", certificate);
}

test("identity: neither another certificate nor another name passes after a check", () => {
  const [a, b] = [certificateFor("a.test"), certificateFor("b.test")];
  assertEquals(check("a.test", a), undefined);
  assert(check("b.test", a));
  assert(check("a.test", b));
  assertEquals(check("a.test", a), undefined);
  assert(check("a.test", b));
  assert(check("a.test", b));
});
