import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { createCertificateAuthority } from "../../../../src/testing/certificates/certificates.ts";
import { clusterCertificates } from "../../../../src/testing/certificates/cluster_certificates.ts";
import { test } from "../../../harness.ts";

test("cluster certificates: shared by clusters with the same authority", async () => {
  const authority = await createCertificateAuthority();
  const [first, second] = await Promise.all([
    clusterCertificates(authority),
    clusterCertificates(authority),
  ]);
  assertStrictEquals(first.server, second.server);
  assertEquals(first.authority.certificate, authority.certificate);
});

test("cluster certificates: others for other contents, or another authority", async () => {
  const { certificate, key } = await createCertificateAuthority();
  const pair = { certificate, key };
  const { server } = await clusterCertificates(pair);
  const elsewhere = await clusterCertificates(pair, { names: ["a.example"] });
  assertNotEquals(elsewhere.server, server);
  const copied = await clusterCertificates({ ...pair });
  assertNotEquals(copied.server, server);
  assertEquals(copied.authority.certificate, certificate);
});

test("cluster certificates: a new authority for each that names none", async () => {
  const first = await clusterCertificates(undefined);
  const second = await clusterCertificates(undefined);
  assertNotEquals(first.authority.certificate, second.authority.certificate);
});
