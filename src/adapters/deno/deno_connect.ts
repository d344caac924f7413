import { abortable } from "../../abortable.ts";
import type { Bytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { connectError } from "../../transport/connect_error.ts";
import type { DialTarget } from "../../transport/dial.ts";
import { canonicalHost, hostAndPort } from "../../transport/address.ts";
import { openTunnel } from "../../transport/proxy/open_tunnel.ts";
import { proxyAddress } from "../../transport/proxy/proxy_address.ts";
import type { ProxyStream } from "../../transport/proxy/tunnel_stream.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { TimeSlice } from "../../timers.ts";
import { isModernDeno } from "../../platform/runtime.ts";

/** A connection after its handshake. */
export interface NativeConnection {
  readonly conn: Deno.Conn;
  /** Bytes of the target that arrived with the proxy's response. */
  readonly early?: Bytes;
}

/**
 * Connects with Deno's native sockets. Rejects with Deno's error or with the
 * signal's reason.
 */
export async function connectNatively(
  target: DialTarget,
): Promise<NativeConnection> {
  const { hostname, port, tls, proxy, signal } = target;
  if (tls?.clientCertificate !== undefined) {
    const connecting = connectWithCertificate(target, tls);
    const conn = await connected(connecting, signal);
    await closedOnFailure(conn, signal, () => conn.handshake());
    return { conn };
  }
  const tcp = proxy === null
    ? { conn: await connectTcp(hostname, port, signal) }
    : await connectToProxy({ ...target, proxy });
  if (tls === null) return tcp;
  const conn = await startTls(tcp.conn, hostname, tls);
  await closedOnFailure(conn, signal, () => conn.handshake());
  return { conn };
}

async function startTls(
  tcp: Deno.TcpConn,
  hostname: string,
  tls: TlsOptions,
): Promise<Deno.TlsConn> {
  try {
    return await Deno.startTls(tcp, {
      hostname: canonicalHost(tls.serverName ?? hostname),
      ...tlsOptions(tls),
    });
  } catch (error) {
    // Deno keeps the socket open if it refuses the host name.
    closeQuietly(tcp);
    throw error;
  }
}

async function connectTcp(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const aborter = connectAborter();
  // Deno 2.5 leaks a resource for the signal when DNS fails.
  const options = isModernDeno() ? { signal: aborter.signal } : {};
  const conn = await connected(
    Deno.connect({ hostname, port, ...options }),
    signal,
    () => aborter.abort(),
  );
  conn.setNoDelay(true);
  return conn;
}

/**
 * Aborts a pending connect. Deno calls `throwIfAborted()` after connecting and
 * leaks the socket if it throws, so it is stubbed.
 */
function connectAborter(): AbortController {
  const controller = new AbortController();
  Object.assign(controller.signal, { throwIfAborted: () => {} });
  return controller;
}

/**
 * Waits for a connection. On an abort, `cancel` breaks off the attempt, and a
 * connection that comes all the same is closed.
 */
function connected<Conn extends Deno.Conn>(
  connecting: Promise<Conn>,
  signal: AbortSignal,
  cancel: () => void = () => {},
): Promise<Conn> {
  return abortable(connecting, signal, () => {
    connecting.then(closeQuietly, () => {});
    cancel();
  });
}

/** Rejects at once if the certificate or the key is invalid. */
function connectWithCertificate(
  { hostname, port }: DialTarget,
  tls: TlsOptions,
): Promise<Deno.TlsConn> {
  const { clientCertificate: cert = "", clientKey: key = "" } = tls;
  return Deno.connectTls({ hostname, port, ...tlsOptions(tls), cert, key })
    .catch((cause) => {
      if (!/key|certificate/i.test(cause.message)) throw cause;
      throw new ConfigurationError(
        "Cannot use the TLS options: the client certificate or its key is not valid",
        { cause },
      );
    });
}

/** Deno trusts the authority in addition to its own, never instead of them. */
function tlsOptions(
  { certificateAuthority }: TlsOptions,
): { caCerts: string[]; alpnProtocols: string[] } {
  return {
    caCerts: certificateAuthority === undefined ? [] : [certificateAuthority],
    alpnProtocols: ["http/1.1"],
  };
}

async function connectToProxy(
  target: DialTarget & { readonly proxy: URL },
): Promise<NativeConnection & { readonly conn: Deno.TcpConn }> {
  const { hostname, port } = proxyAddress(target.proxy);
  const { signal } = target;
  let conn: Deno.TcpConn;
  try {
    conn = await connectTcp(hostname, port, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw connectError(error, `the proxy ${hostAndPort(hostname, port)}`);
  }
  const slice = new TimeSlice();
  try {
    const early = await closedOnFailure(
      conn,
      signal,
      () => openTunnel(nativeProxyStream(conn, slice), target),
    );
    return { conn, early };
  } finally {
    slice.end();
  }
}

function nativeProxyStream(conn: Deno.Conn, slice: TimeSlice): ProxyStream {
  return {
    async read() {
      const turn = slice.turn();
      if (turn) await turn;
      const bytes = new Uint8Array(16 * 1024);
      const length = await conn.read(bytes);
      return length === null ? null : bytes.subarray(0, length);
    },
    async write(bytes) {
      for (let at = 0; at < bytes.byteLength;) {
        at += await conn.write(bytes.subarray(at));
      }
    },
  };
}

/** Closes `conn` when `work` fails or the signal aborts, without waiting for it. */
async function closedOnFailure<Value>(
  conn: Deno.Conn,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    signal.throwIfAborted();
    return await abortable(work(), signal);
  } catch (error) {
    closeQuietly(conn);
    throw error;
  }
}

/** A connection that is closed already throws. */
function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
