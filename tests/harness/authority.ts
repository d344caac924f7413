import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  loadCertificateAuthority,
} from "../../src/testing/certificates/certificates.ts";

let trusted: Promise<CertificateAuthority> | undefined;
let untrusted: Promise<CertificateAuthority> | undefined;

/** The certificate authority of the test runner, which this process trusts. */
export function trustedAuthority(): Promise<CertificateAuthority> {
  return trusted ??= loadTrusted();
}

/**
 * An authority that only those trust who are told to. Every test gets the same:
 * clusters with one authority share certificates, and start faster.
 */
export function untrustedAuthority(): Promise<CertificateAuthority> {
  return untrusted ??= createCertificateAuthority();
}

function loadTrusted(): Promise<CertificateAuthority> {
  const directory = process.env.PODWIRE_TEST_CA;
  if (directory === undefined) {
    throw new Error(
      "Cannot read the trusted authority: PODWIRE_TEST_CA is not set; " +
        "run tests with `deno task try` or `deno task test`",
    );
  }
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  return loadCertificateAuthority({
    certificate: read("ca.crt"),
    key: read("ca.key"),
  });
}
