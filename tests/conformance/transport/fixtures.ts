import { isModernBun, isModernDeno } from "../../../src/platform/runtime.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type PemPair,
} from "../../../src/testing/certificates/certificates.ts";
import type { ServerExchange } from "../../../src/testing/server/server_exchange.ts";
import {
  type HttpServer,
  startHttpServer,
} from "../../../src/testing/server/http_server.ts";
import type {
  HttpRequest,
  TlsOptions,
  Transport,
  UpgradeRequest,
} from "../../../src/transport/transport.ts";
import { runtime } from "../../harness.ts";
import { startConnectProxy } from "../../support/connect_proxy.ts";
import { macrotask } from "../../support/async.ts";

/** The protocols that the cases offer. */
export const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

/** Certificates for the tests, created once. */
export interface Certificates {
  readonly authority: CertificateAuthority;
  readonly server: PemPair;
  readonly client: PemPair;
}

let certificates: Promise<Certificates> | undefined;

/** One authority, a server for 127.0.0.1 and kube.internal, and a client. */
export function sharedCertificates(): Promise<Certificates> {
  return certificates ??= (async () => {
    const authority = await createCertificateAuthority();
    return {
      authority,
      server: await authority.issueServer({
        names: ["127.0.0.1", "kube.internal"],
      }),
      client: await authority.issueClient({ user: "alice", groups: ["dev"] }),
    };
  })();
}

/** A running server and requests for it. */
export interface TransportFixture {
  readonly server: HttpServer;
  readonly tls: TlsOptions;
  upgrade(changes?: Partial<UpgradeRequest>): UpgradeRequest;
  http(changes?: Partial<HttpRequest>): HttpRequest;
}

/** How TLS is used; cases run in every mode that a transport supports. */
export type TlsMode =
  | "plain"
  | "tls"
  | "mtls by another name"
  | "unverified"
  | "tls within tls";

/** The routes of a transport; on some runtimes each has TLS code of its own. */
export function tlsModesOf(transport: Transport): readonly TlsMode[] {
  return transport.capabilities.tls
    ? ["plain", "tls", "mtls by another name", "unverified"]
    : ["plain"];
}

/** Whether this runtime can run TLS within TLS; Deno cannot before 2.7. */
export const nestsTls: boolean = runtime !== "deno" || isModernDeno();

/** Whether this runtime trusts an intermediate authority without its root. */
export const partialChains: boolean = runtime !== "bun" || isModernBun();

/** The mode with an `https:` proxy, where it is supported. */
export function nestedTlsModes(transport: Transport): readonly TlsMode[] {
  return transport.capabilities.tls && nestsTls ? ["tls within tls"] : [];
}

/** Runs `body` with a server whose requests `handle` answers. */
export async function withServer(
  mode: TlsMode,
  handle: (exchange: ServerExchange) => void | Promise<void>,
  body: (fixture: TransportFixture) => Promise<void>,
  certificate?: PemPair,
): Promise<void> {
  const { tls, serverTls } = await tlsOf(mode, certificate);
  const server = await startHttpServer({ tls: serverTls, handle });
  const proxy = mode === "tls within tls"
    ? await startConnectProxy({ tls: (await sharedCertificates()).server })
    : null;
  const common = {
    url: new URL(`${server.url}/`),
    headers: {},
    tls,
    proxy: proxy && proxy.url,
    signal: new AbortController().signal,
  };
  try {
    await body({
      server,
      tls,
      upgrade: (changes) => ({ ...common, protocols: PROTOCOLS, ...changes }),
      http: (changes) => ({ ...common, method: "GET", body: null, ...changes }),
    });
  } finally {
    await server.close();
    await proxy?.close();
    // Deno 2.5's server still has a timer to run.
    await macrotask();
  }
}

async function tlsOf(mode: TlsMode, certificate?: PemPair) {
  if (mode === "plain") return { tls: {}, serverTls: null };
  const { authority, server, client } = await sharedCertificates();
  const pair = certificate ?? server;
  const serverTls = {
    certificate: pair.certificate,
    key: pair.key,
    clientAuthority: authority.certificate,
  };
  const trust = { certificateAuthority: authority.certificate };
  const identity = {
    clientCertificate: client.certificate,
    clientKey: client.key,
  };
  const tls: Record<Exclude<TlsMode, "plain">, TlsOptions> = {
    "tls": trust,
    "mtls by another name": {
      ...trust,
      ...identity,
      serverName: "kube.internal",
    },
    "unverified": { insecureSkipTlsVerify: true },
    "tls within tls": trust,
  };
  return { tls: tls[mode], serverTls };
}
