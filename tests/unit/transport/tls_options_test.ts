import { assert, assertEquals } from "@std/assert";
import { ConfigurationError } from "../../../src/errors.ts";
import {
  checkTls,
  serverNameProblem,
} from "../../../src/transport/tls_options.ts";
import type { TlsOptions } from "../../../src/transport/transport.ts";
import {
  sharedCertificates,
  withServer,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { CERTIFICATE, KEY } from "../../support/pem.ts";
import { rejection } from "../../support/async.ts";

const CUT = CERTIFICATE.slice(0, 50);
const DAMAGED = CERTIFICATE.replace("MIIB", "M*s3cret");

const UNUSABLE: readonly (readonly [string, keyof TlsOptions, TlsOptions])[] = [
  ["an authority that is no PEM text", "certificateAuthority", {
    certificateAuthority: "s3cret",
  }],
  ["an authority that is empty", "certificateAuthority", {
    certificateAuthority: "",
  }],
  ["an authority that is a key", "certificateAuthority", {
    certificateAuthority: KEY,
  }],
  ["an authority that is cut off", "certificateAuthority", {
    certificateAuthority: CUT,
  }],
  ["an authority that is damaged", "certificateAuthority", {
    certificateAuthority: DAMAGED,
  }],
  ["one of several authorities that is damaged", "certificateAuthority", {
    certificateAuthority: CERTIFICATE + DAMAGED,
  }],
  ["a certificate that is damaged", "clientCertificate", {
    clientCertificate: DAMAGED,
    clientKey: KEY,
  }],
  ["a key that is a certificate", "clientKey", {
    clientCertificate: CERTIFICATE,
    clientKey: CERTIFICATE,
  }],
  ["a key that is encrypted", "clientKey", {
    clientCertificate: CERTIFICATE,
    clientKey: KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"),
  }],
  ["a key that is encrypted as it was of old", "clientKey", {
    clientCertificate: CERTIFICATE,
    clientKey: KEY.replaceAll("PRIVATE", "RSA PRIVATE").replace(
      "KEY-----\n",
      "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123ABCD\n\n",
    ),
  }],
  ["an authority that no parser takes", "certificateAuthority", {
    certificateAuthority: CERTIFICATE,
  }],
  ["a certificate that no parser takes", "clientCertificate", {
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
  }],
  ["a certificate without its key", "clientCertificate", {
    clientCertificate: CERTIFICATE,
  }],
  ["a key without its certificate", "clientKey", { clientKey: KEY }],
  ["a server name that is a URL", "serverName", {
    serverName: "https://kube.internal",
  }],
  ["a server name with a space", "serverName", { serverName: "a b" }],
  ["a server name that is empty", "serverName", { serverName: "" }],
];

for (const [what, option, tls] of UNUSABLE) {
  test(`${what} is refused by name before anything is sent`, () =>
    isRefused(` ${option}`, tls));
}

/** @param named How the message goes on after "the TLS option". */
async function isRefused(named: string, tls: TlsOptions): Promise<void> {
  await withServer("tls", () => {}, async (fixture) => {
    const transport = runtimeTransport();
    for (
      const attempt of [
        () => transport.request(fixture.http({ tls })),
        () => transport.connect(fixture.upgrade({ tls })),
      ]
    ) {
      const { message } = await rejection<Error>(attempt(), ConfigurationError);
      assert(
        message.startsWith(`Cannot use the TLS option${named}: `),
        message,
      );
      assert(!message.includes("s3cret"), message);
    }
    assertEquals(fixture.server.connections, 0);
  });
}

test("a key that no parser takes is refused by name before anything is sent", async () => {
  const { client } = await sharedCertificates();
  await isRefused(" clientKey", {
    clientCertificate: client.certificate,
    clientKey: KEY,
  });
});

for (const rsa of [false, true]) {
  test(`a key of another certificate is refused before anything is sent, ${rsa ? "RSA" : "EC"}`, async () => {
    const { authority, client } = await sharedCertificates();
    const other = await authority.issueClient({ user: "other", rsa });
    await isRefused("s clientCertificate and clientKey", {
      clientCertificate: client.certificate,
      clientKey: other.key,
    });
    await isRefused("s clientCertificate and clientKey", {
      clientCertificate: other.certificate,
      clientKey: client.key,
      serverName: "kube.internal",
    });
  });
}

test("what real files hold is accepted", async () => {
  const { client } = await sharedCertificates();
  checkTls({});
  checkTls({ certificateAuthority: `# comment\n${client.certificate}text` });
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  checkTls({
    clientCertificate: crlf(client.certificate + client.certificate),
    clientKey: crlf(client.key),
  });
});

test("a server name is a host name or an address", () => {
  const names = [
    "localhost",
    "kube.internal",
    "a_b.c-d.",
    "10.0.0.1",
    "::1",
    "[::1]",
    "fe80::1%eth0",
  ];
  for (const name of names) assertEquals(serverNameProblem(name), null);
  const others = [
    "*.internal",
    "a:443",
    "[a]",
    "-a",
    "a-",
    "a..b",
    ".",
    "10.0.0.999",
  ];
  for (const name of others) assert(serverNameProblem(name) !== null, name);
});
