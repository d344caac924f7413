import { abortable } from "../../abortable.ts";
import type { Bytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { connectError } from "../../transport/connect_error.ts";
import type { DialTarget } from "../../transport/duplex.ts";
import { hostAndPort } from "../../transport/address.ts";
import { openTunnel } from "../../transport/proxy/open_tunnel.ts";
import { proxyAddress } from "../../transport/proxy/proxy_address.ts";
import type { TunnelEnd } from "../../transport/proxy/tunnel_stream.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { isModernDeno } from "../../platform/runtime_version.ts";

/** A connection, its handshake done. */
export interface NativeConnection {
  readonly conn: Deno.Conn;
  /** What the target has said already, right behind a proxy's answer. */
  readonly early?: Bytes;
}

/**
 * A connection by Deno's own means alone. It rejects with Deno's own error, or
 * with the signal's reason.
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
  const conn = await Deno.startTls(tcp.conn, {
    hostname: tls.serverName ?? hostname,
    ...common(tls),
  });
  await closedOnFailure(conn, signal, () => conn.handshake());
  return { conn };
}

async function connectTcp(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const leaving = breakingOff();
  // Deno 2.5 never releases what it holds for the signal when DNS fails.
  const options = isModernDeno() ? { signal: leaving.signal } : {};
  const conn = await connected(
    Deno.connect({ hostname, port, ...options }),
    signal,
    () => leaving.abort(),
  );
  conn.setNoDelay(true);
  return conn;
}

/**
 * What breaks off a connect. Deno asks its signal once more when the connection
 * is there, and if that throws then, nobody ever gets the socket: this signal
 * has no answer to that.
 */
function breakingOff(): AbortController {
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

/** It throws at once when the certificate or the key cannot be used. */
function connectWithCertificate(
  { hostname, port }: DialTarget,
  tls: TlsOptions,
): Promise<Deno.TlsConn> {
  const { clientCertificate: cert = "", clientKey: key = "" } = tls;
  return Deno.connectTls({ hostname, port, ...common(tls), cert, key })
    .catch((cause) => {
      if (!/key|certificate/i.test(cause.message)) throw cause;
      throw new ConfigurationError(
        "Cannot use the TLS options: the client certificate or its key is not valid",
        { cause },
      );
    });
}

/** Deno trusts the authority beside its own, never instead of them. */
function common(
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
  const early = await closedOnFailure(
    conn,
    signal,
    () => openTunnel(nativeTunnelEnd(conn), target),
  );
  return { conn, early };
}

function nativeTunnelEnd(conn: Deno.Conn): TunnelEnd {
  return {
    async read() {
      const slab = new Uint8Array(16 * 1024);
      const length = await conn.read(slab);
      return length === null ? null : slab.subarray(0, length);
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
