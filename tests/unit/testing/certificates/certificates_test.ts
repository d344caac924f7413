import { assertEquals } from "@std/assert";
import { connect } from "node:tls";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  loadCertificateAuthority,
  type PemPair,
} from "../../../../src/testing/certificates/certificates.ts";
import { startHttpServer } from "../../../../src/testing/server/http_server.ts";
import { test } from "../../../harness.ts";

/** The error of a client that trusts `authority`, or `ok`. */
async function judge(
  tls: PemPair,
  authority: CertificateAuthority,
): Promise<"trusted" | "refused"> {
  const server = await startHttpServer({
    tls,
    handle: (exchange) => exchange.respond(200),
  });
  const socket = connect({
    port: server.port,
    host: "127.0.0.1",
    servername: "localhost",
    ca: authority.certificate,
  });
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const verdict = await new Promise<"trusted" | "refused">((resolve) => {
    // Not on "secureConnect": Deno 2.5 tells it before it has verified.
    socket.on("data", () => resolve("trusted"));
    socket.on("error", () => resolve("refused"));
  });
  socket.destroy();
  await server.close();
  return verdict;
}

test("certificates: an authority's own is trusted, another's is not", async () => {
  const authority = await createCertificateAuthority();
  const other = await createCertificateAuthority();
  const server = await authority.issueServer();
  assertEquals(await judge(server, authority), "trusted");
  assertEquals(await judge(server, other), "refused");
});

test("certificates: an expired one, or one for another host, is refused", async () => {
  const authority = await createCertificateAuthority();
  const expired = await authority.issueServer({ expired: true });
  assertEquals(await judge(expired, authority), "refused");
  const elsewhere = await authority.issueServer({ names: ["other.example"] });
  assertEquals(await judge(elsewhere, authority), "refused");
});

test("certificates: an authority that is loaded from PEM continues to sign", async () => {
  const { certificate, key } = await createCertificateAuthority("kept");
  const loaded = await loadCertificateAuthority({ certificate, key });
  assertEquals(loaded.certificate, certificate);
  assertEquals(await judge(await loaded.issueServer(), loaded), "trusted");
});
