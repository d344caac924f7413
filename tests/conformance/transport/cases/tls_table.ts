import type { ConnectErrorCode } from "../../../../src/errors.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
} from "../../../../src/testing/certificates/certificates.ts";
import type { TlsOptions } from "../../../../src/transport/transport.ts";
import { pkcs1, sec1 } from "../../../support/legacy_key_formats.ts";
import { partialChains } from "../fixtures.ts";
import {
  alice,
  chained,
  intermediate,
  named,
  outOfTime,
  rsaClient,
  selfSigned,
  type Server,
  trusting,
  unchained,
} from "./tls_certificates.ts";

/** A server at 127.0.0.1, a client, and the expected result. */
export interface TlsCase {
  readonly title: string;
  /** The server's certificate. Defaults to one for 127.0.0.1. */
  readonly server?: Server;
  readonly client: (
    authority: CertificateAuthority,
  ) => TlsOptions | Promise<TlsOptions>;
  /** The user that the server sees, or the error's code and part of its hint. */
  readonly expected:
    | { readonly user: string | null }
    | readonly [code: ConnectErrorCode, hint: string];
}

const ANONYMOUS = { user: null };
const ALICE = { user: "alice" };
const ROBERT = { user: "robert" };
const UNTRUSTED = ["CERT_UNTRUSTED", "set certificateAuthority"] as const;
const EXPIRED = ["CERT_EXPIRED", "clock"] as const;
const MISNAMED = ["CERT_NAME", "set tlsServerName"] as const;

/** Each case runs for HTTP and for an upgrade, on every runtime. */
export const TLS_CASES: readonly TlsCase[] = [
  {
    title: "a private authority is trusted when given",
    client: trusting,
    expected: ANONYMOUS,
  },
  {
    title: "a private authority is not trusted otherwise",
    client: () => ({}),
    expected: UNTRUSTED,
  },
  {
    title: "another authority is not trusted",
    client: async () => trusting(await createCertificateAuthority("other")),
    expected: UNTRUSTED,
  },
  {
    title: "one of several authorities is enough, whatever stands between them",
    client: async ({ certificate }) => {
      const other = await createCertificateAuthority("other");
      return {
        certificateAuthority:
          `# other\n${other.certificate}\n\n# ours\r\n${certificate}`,
      };
    },
    expected: ANONYMOUS,
  },
  {
    title: "a chain by way of an intermediate authority is followed",
    server: chained,
    client: trusting,
    expected: ANONYMOUS,
  },
  {
    title: "a chain with a gap is not trusted",
    server: unchained,
    client: trusting,
    expected: UNTRUSTED,
  },
  {
    title: "a gap in the chain may be filled by the authorities given",
    server: unchained,
    client: async ({ certificate }) => ({
      certificateAuthority: certificate + (await intermediate()).certificate,
    }),
    expected: ANONYMOUS,
  },
  {
    title: "an intermediate authority may be trusted alone, save on Bun 1.3",
    server: chained,
    client: async () => trusting(await intermediate()),
    expected: partialChains ? ANONYMOUS : UNTRUSTED,
  },
  {
    title: "a self-signed certificate is not trusted",
    server: selfSigned,
    client: trusting,
    expected: UNTRUSTED,
  },
  {
    title:
      "a self-signed certificate may be its own authority, save on Bun 1.3",
    server: selfSigned,
    client: async () => trusting(await selfSigned()),
    expected: partialChains ? ANONYMOUS : UNTRUSTED,
  },
  {
    title: "a certificate for another address is refused",
    server: named("10.9.9.9", "localhost"),
    client: trusting,
    expected: MISNAMED,
  },
  {
    title: "an expired certificate is refused",
    server: outOfTime({ expired: true }),
    client: trusting,
    expected: EXPIRED,
  },
  {
    title: "a certificate that is not valid yet is refused",
    server: outOfTime({ notYetValid: true }),
    client: trusting,
    expected: EXPIRED,
  },
  {
    title: "a client certificate authenticates the client",
    client: async (authority) => ({ ...trusting(authority), ...await alice() }),
    expected: ALICE,
  },
  {
    title: "a client's EC key may be SEC1",
    client: async (authority) => {
      const { clientKey, ...options } = await alice();
      const key = await sec1(clientKey!);
      return { ...trusting(authority), ...options, clientKey: key };
    },
    expected: ALICE,
  },
  {
    title: "a client's key may be RSA",
    client: async (authority) => ({
      ...trusting(authority),
      ...await rsaClient(),
    }),
    expected: ROBERT,
  },
  {
    title: "a client's RSA key may be PKCS#1",
    client: async (authority) => {
      const { clientKey, ...options } = await rsaClient();
      const key = pkcs1(clientKey!);
      return { ...trusting(authority), ...options, clientKey: key };
    },
    expected: ROBERT,
  },
  {
    title: "a server name is checked instead of the host",
    server: named("kube.internal"),
    client: (authority) => ({
      ...trusting(authority),
      serverName: "kube.internal",
    }),
    expected: ANONYMOUS,
  },
  {
    title: "a server name may end with a dot, in any case",
    server: named("Kube.Internal"),
    client: (authority) => ({
      ...trusting(authority),
      serverName: "kube.internal.",
    }),
    expected: ANONYMOUS,
  },
  {
    title: "a wildcard stands for the first label",
    server: named("*.kube.internal"),
    client: (authority) => ({
      ...trusting(authority),
      serverName: "api.kube.internal",
    }),
    expected: ANONYMOUS,
  },
  ...["a*.kube.internal", "*.internal", "*.*.internal", "*"].map((
    name,
  ): TlsCase => ({
    title: `a name of ${name} does not match api.kube.internal`,
    server: named(name),
    client: (authority) => ({
      ...trusting(authority),
      serverName: "api.kube.internal",
    }),
    expected: MISNAMED,
  })),
  ...[false, true].map((mutual): TlsCase => ({
    title: `a common name does not count${
      mutual ? ", with a client certificate" : ""
    }`,
    server: named(),
    client: async (authority) => ({
      ...trusting(authority),
      ...mutual ? await alice() : {},
      serverName: "localhost",
    }),
    expected: MISNAMED,
  })),
  ...[false, true].map((mutual): TlsCase => ({
    title: `a client's certificate is not for servers${
      mutual ? ", with a client certificate" : ""
    }`,
    server: (authority) => authority.issueClient({ user: "localhost" }),
    client: async (authority) => ({
      ...trusting(authority),
      ...mutual ? await alice() : {},
    }),
    expected: ["CERT_UNTRUSTED", "server authentication"],
  })),
  {
    title: "a server name that does not match is refused",
    client: (authority) => ({
      ...trusting(authority),
      serverName: "other.internal",
    }),
    expected: MISNAMED,
  },
  ...["[::1]", "::1%eth0", "0:0::1"].map((serverName): TlsCase => ({
    title: `a server name may be an address in any form, ${serverName}`,
    server: named("::1"),
    client: (authority) => ({ ...trusting(authority), serverName }),
    expected: ANONYMOUS,
  })),
  {
    title: "an IPv4-mapped address is compared as IPv4",
    server: named("10.9.9.9"),
    client: (authority) => ({
      ...trusting(authority),
      serverName: "::ffff:10.9.9.9",
    }),
    expected: ANONYMOUS,
  },
  ...["10.9.9.9", "2001:db8::9"].flatMap((serverName): TlsCase[] => [
    {
      title: `a server name may be an address, ${serverName}`,
      server: named(serverName),
      client: (authority) => ({ ...trusting(authority), serverName }),
      expected: ANONYMOUS,
    },
    {
      title: `an address as server name that does not match, ${serverName}`,
      server: named("127.0.0.1", "::1"),
      client: (authority) => ({ ...trusting(authority), serverName }),
      expected: MISNAMED,
    },
    {
      title: `the same with a client certificate, ${serverName}`,
      server: named("127.0.0.1", "localhost"),
      client: async (authority) => ({
        ...trusting(authority),
        ...await alice(),
        serverName,
      }),
      expected: MISNAMED,
    },
  ]),
  {
    title: "a client certificate goes with a server name",
    server: named("kube.internal"),
    client: async (authority) => ({
      ...trusting(authority),
      ...await alice(),
      serverName: "kube.internal",
    }),
    expected: ALICE,
  },
  {
    title:
      "a client certificate with a server name that does not match is refused",
    client: async (authority) => ({
      ...trusting(authority),
      ...await alice(),
      serverName: "other.internal",
    }),
    expected: MISNAMED,
  },
  {
    title: "a client certificate does not make up for an expired one",
    server: outOfTime({ expired: true }),
    client: async (authority) => ({
      ...trusting(authority),
      ...await alice(),
      serverName: "localhost",
    }),
    expected: EXPIRED,
  },
  {
    title: "without verification any certificate will do",
    server: (authority) =>
      authority.issueServer({ names: ["elsewhere.example"], expired: true }),
    client: () => ({ insecureSkipTlsVerify: true }),
    expected: ANONYMOUS,
  },
  {
    title: "a client certificate goes without verification too",
    server: named("elsewhere.example"),
    client: async () => ({ ...await alice(), insecureSkipTlsVerify: true }),
    expected: ALICE,
  },
];
