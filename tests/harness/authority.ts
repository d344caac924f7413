import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  type CertificateAuthority,
  loadCertificateAuthority,
} from "../../src/testing/certificates/certificates.ts";

/** The certificate authority of the test runner, which this process trusts. */
export function trustedAuthority(): Promise<CertificateAuthority> {
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
