import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConfigurationError,
  ConnectError,
  type ConnectErrorCode,
} from "../../../src/errors.ts";
import type {
  CertificateAuthority,
  PemPair,
} from "../../../src/testing/certificates.ts";
import { createCertificateAuthority } from "../../../src/testing/certificates.ts";
import type { TlsOptions } from "../../../src/transport/transport.ts";
import { isModernDeno } from "../../../src/adapters/deno_version.ts";
import { runtime, test } from "../../harness.ts";
import { startByteServer } from "../../support/byte_server.ts";
import { textOf } from "../../support/bytes.ts";
import { rejection } from "../../support/settling.ts";
import { Recorder } from "../recorder.ts";
import { sharedCertificates, withSite } from "../roads.ts";
import type { Subject } from "../subject.ts";

/** What a row says about itself. */
interface Row {
  readonly title: string;
  /** The names in the server's certificate. */
  readonly names?: readonly string[];
  readonly expired?: boolean;
  readonly options: (
    authority: CertificateAuthority,
    client: PemPair,
  ) => TlsOptions | Promise<TlsOptions>;
  /** The code of the ConnectError, or the user that the server sees. */
  readonly expected: ConnectErrorCode | { readonly user: string | null };
}

const trusting = ({ certificate }: CertificateAuthority): TlsOptions => ({
  certificateAuthority: certificate,
});

const identity = ({ certificate, key }: PemPair): TlsOptions => ({
  clientCertificate: certificate,
  clientKey: key,
});

const ANONYMOUS = { user: null };
const ALICE = { user: "alice" };

const ROWS: readonly Row[] = [
  {
    title: "a private authority is trusted when given",
    options: trusting,
    expected: ANONYMOUS,
  },
  {
    title: "a private authority is not trusted otherwise",
    options: () => ({}),
    expected: "CERT_UNTRUSTED",
  },
  {
    title: "another authority is not trusted",
    options: async () => trusting(await createCertificateAuthority("other")),
    expected: "CERT_UNTRUSTED",
  },
  {
    title: "a certificate for another address is refused",
    names: ["10.9.9.9", "localhost"],
    options: trusting,
    expected: "CERT_NAME",
  },
  {
    title: "an expired certificate is refused",
    expired: true,
    options: trusting,
    expected: "CERT_EXPIRED",
  },
  {
    title: "a client certificate says who we are",
    options: (authority, client) => ({
      ...trusting(authority),
      ...identity(client),
    }),
    expected: ALICE,
  },
  {
    title: "a server name is checked instead of the host",
    names: ["kube.internal"],
    options: (authority) => ({
      ...trusting(authority),
      serverName: "kube.internal",
    }),
    expected: ANONYMOUS,
  },
  {
    title: "a server name that does not match is refused",
    options: (authority) => ({
      ...trusting(authority),
      serverName: "other.internal",
    }),
    expected: "CERT_NAME",
  },
  {
    title: "a server name may be an address",
    names: ["10.9.9.9"],
    options: (authority) => ({
      ...trusting(authority),
      serverName: "10.9.9.9",
    }),
    expected: ANONYMOUS,
  },
  {
    title: "an address as server name that does not match is refused",
    options: (authority) => ({
      ...trusting(authority),
      serverName: "10.9.9.9",
    }),
    expected: "CERT_NAME",
  },
  {
    title: "a client certificate goes with a server name",
    names: ["kube.internal"],
    options: (authority, client) => ({
      ...trusting(authority),
      ...identity(client),
      serverName: "kube.internal",
    }),
    expected: ALICE,
  },
  {
    title:
      "a client certificate with a server name that does not match is refused",
    options: (authority, client) => ({
      ...trusting(authority),
      ...identity(client),
      serverName: "other.internal",
    }),
    expected: "CERT_NAME",
  },
  {
    title:
      "a client certificate with an address as server name that does not match is refused",
    names: ["127.0.0.1", "localhost"],
    options: (authority, client) => ({
      ...trusting(authority),
      ...identity(client),
      serverName: "10.9.9.9",
    }),
    expected: "CERT_NAME",
  },
  {
    title: "a client certificate does not make up for an expired one",
    expired: true,
    options: (authority, client) => ({
      ...trusting(authority),
      ...identity(client),
      serverName: "localhost",
    }),
    expected: "CERT_EXPIRED",
  },
  {
    title: "without verification any certificate will do",
    names: ["elsewhere.example"],
    expired: true,
    options: () => ({ insecureSkipTlsVerify: true }),
    expected: ANONYMOUS,
  },
  {
    title: "a client certificate goes without verification too",
    names: ["elsewhere.example"],
    options: (_authority, client) => ({
      ...identity(client),
      insecureSkipTlsVerify: true,
    }),
    expected: ALICE,
  },
];

/** Deno's `node:tls` servers cannot tell who the client is before 2.7. */
function serversSeeClients(): boolean {
  return runtime !== "deno" || isModernDeno();
}

/** Trust, names and identity; each row for HTTP and for an upgrade. */
export function tlsRows({ name, make }: Subject): void {
  for (const { title, names, expired, options, expected } of ROWS) {
    test(`${name}: ${title}`, async () => {
      const { authority, client } = await sharedCertificates();
      const tls = await options(authority, client);
      await withSite("tls", async (exchange) => {
        const user = exchange.request.clientCertificate?.commonName ?? null;
        if (!exchange.wantsUpgrade) {
          return exchange.respond(200, {}, JSON.stringify({ user }));
        }
        const socket = await exchange.upgrade();
        socket.send(new TextEncoder().encode(JSON.stringify({ user })));
        socket.open({});
      }, async (site) => {
        const transport = make();
        const request = () => transport.request(site.http({ tls }));
        const connect = () => transport.connect(site.upgrade({ tls }));
        if (!transport.capabilities.tls && Object.keys(tls).length > 0) {
          await rejection(request(), ConfigurationError);
          await rejection(connect(), ConfigurationError);
        } else if (typeof expected === "string") {
          const error = await rejection(request(), ConnectError);
          const another = await rejection(connect(), ConnectError);
          if (!transport.capabilities.tls) return;
          assertEquals(error.code, expected);
          assertEquals(another.code, expected);
          assert(error.message.startsWith("Cannot connect to 127.0.0.1:"));
        } else {
          const visible = serversSeeClients() ? expected : ANONYMOUS;
          const { body } = await request();
          assertEquals(JSON.parse(await textOf(body)), visible);
          const connection = await connect();
          const recorder = Recorder.of(connection);
          await recorder.until(() => recorder.messages.length === 1);
          const message = new TextDecoder().decode(recorder.bytes);
          assertEquals(JSON.parse(message), visible);
          connection.close();
          await connection.released;
        }
      }, { names: names ?? ["127.0.0.1"], expired });
    });
  }

  test(`${name}: a signal ends a TLS handshake with its reason`, async () => {
    const accepted = Promise.withResolvers<void>();
    const server = await startByteServer(() => accepted.resolve());
    await withSite("plain", () => {}, async (site) => {
      const { authority } = await sharedCertificates();
      const transport = make();
      const tls = transport.capabilities.tls ? trusting(authority) : {};
      const controller = new AbortController();
      const reason = new Error("enough");
      const failure = rejection(transport.connect(site.upgrade({
        url: new URL(`https://127.0.0.1:${server.port}/`),
        tls,
        signal: controller.signal,
      })));
      await accepted.promise;
      controller.abort(reason);
      assertStrictEquals(await failure, reason);
    });
    await server.close();
  });
}
