import { fileURLToPath } from "node:url";
import { createCertificateAuthority } from "../../../src/testing/certificates/certificates.ts";
import { cache, provide } from "./cache.ts";

const WEEK = 7 * 24 * 3_600_000;

/**
 * Creates a certificate authority, a new one each week, and returns environment
 * variables that make every runtime trust it: the standard `WebSocket` and
 * `fetch` have no option for that.
 */
export async function provideAuthority(): Promise<Record<string, string>> {
  const directory = new URL("ca/", cache);
  const week = Math.floor(Date.now() / WEEK);
  await provide(directory, `the authority of week ${week}`, async (fresh) => {
    const { certificate, key } = await createCertificateAuthority();
    await Deno.writeTextFile(new URL("ca.crt", fresh), certificate);
    await Deno.writeTextFile(new URL("ca.key", fresh), key, { mode: 0o600 });
  });
  const certificate = fileURLToPath(new URL("ca.crt", directory));
  return {
    PODWIRE_TEST_CA: fileURLToPath(directory),
    DENO_CERT: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
  };
}
