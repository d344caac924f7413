import { type Bytes, concatBytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import { hostAndPort } from "../../transport/address.ts";
import { connectError } from "../../transport/connect_error.ts";
import type {
  ByteDuplex,
  Dial,
  DialTarget,
  ProxyTls,
} from "../../transport/duplex.ts";
import { openTunnel } from "../../transport/proxy/open_tunnel.ts";
import { proxyAddress } from "../../transport/proxy/proxy_address.ts";
import type { TunnelEnd } from "../../transport/proxy/tunnel_stream.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { NodeDuplex } from "./node_duplex.ts";
import { connectTls, settled, type TlsRoad } from "./node_tls.ts";
import type { Socket } from "node:net";

/**
 * Dials with `node:net` and `node:tls`.
 *
 * @param road How this runtime's TLS is to be used.
 */
export function nodeDial(road: TlsRoad): Dial {
  return async (target) => {
    const { signal, hostname, port } = target;
    signal.throwIfAborted();
    try {
      return await connect(target, road);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ConfigurationError) throw error;
      throw connectError(error, hostAndPort(hostname, port), target);
    }
  };
}

async function connect(target: DialTarget, road: TlsRoad): Promise<ByteDuplex> {
  const { proxy, tls, signal } = target;
  if (road.direct && proxy === null && tls !== null) {
    return await connectDirectly({ ...target, tls }, road);
  }
  const raw = await connectTcp(target);
  const onAbort = (): void => void raw.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    let socket = raw;
    if (proxy !== null) {
      socket = await throughProxy(raw, { ...target, proxy }, road);
    }
    if (tls !== null) {
      socket = await connectTls({ ...target, tls }, socket, road);
    }
    signal.throwIfAborted();
    return new NodeDuplex(socket, road.layered ? raw : socket, road);
  } catch (error) {
    raw.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** TLS without a socket of its own below it. */
async function connectDirectly(
  target: DialTarget & { readonly tls: TlsOptions },
  road: TlsRoad,
): Promise<ByteDuplex> {
  const { signal } = target;
  const socket = await connectTls(target, null, road);
  if (signal.aborted) socket.destroy();
  signal.throwIfAborted();
  return new NodeDuplex(socket, socket, road);
}

/** To the proxy where there is one, else to the target. */
async function connectTcp(target: DialTarget): Promise<Socket> {
  const { proxy, signal } = target;
  const { hostname, port } = proxy === null ? target : proxyAddress(proxy);
  const socket = builtin("node:net").connect({
    host: hostname,
    port,
    noDelay: true,
  });
  // Deno before 2.7 cannot start TLS on a socket that has begun to read.
  socket.pause();
  try {
    await settled(socket, "connect", signal);
  } catch (error) {
    if (proxy === null || signal.aborted) throw error;
    throw connectError(error, `the proxy ${hostAndPort(hostname, port)}`);
  }
  // Once TLS runs over it, nobody else listens for this socket's own errors.
  socket.on("error", () => {});
  return socket;
}

async function throughProxy(
  raw: Socket,
  target: DialTarget & { readonly proxy: URL },
  road: TlsRoad,
): Promise<Socket> {
  const { signal } = target;
  const { hostname, port, secure } = proxyAddress(target.proxy);
  let socket = raw;
  if (secure) {
    const proxy = { hostname, port, signal, tls: trusting(target.proxyTls) };
    try {
      socket = await connectTls(proxy, raw, road);
    } catch (error) {
      if (signal.aborted) throw error;
      const where = `the proxy ${hostAndPort(hostname, port)}`;
      throw connectError(error, where, { tls: proxy.tls, isProxy: true });
    }
    socket.on("error", () => {});
  }
  const early = await openTunnel(nodeTunnelEnd(socket), target);
  if (early.byteLength > 0) socket.unshift(early);
  return socket;
}

/**
 * A proxy has a certificate from anywhere: the cluster's authority is trusted
 * beside the runtime's own. It never gets the client's certificate.
 */
function trusting(
  { certificateAuthority, insecureSkipTlsVerify }: ProxyTls,
): TlsOptions {
  const { getCACertificates, rootCertificates } = builtin("node:tls");
  // The former knows those from the environment too; Deno 2.5 lacks it.
  const own = (getCACertificates?.("default") ?? rootCertificates).join("\n");
  return {
    certificateAuthority: certificateAuthority &&
      `${certificateAuthority}\n${own}`,
    insecureSkipTlsVerify,
  };
}

/** A socket to a proxy; it reads only while asked to, for the rest is TLS's. */
export function nodeTunnelEnd(socket: Socket): TunnelEnd {
  return {
    read: () => readOnce(socket),
    write: (bytes) => {
      socket.write(bytes);
      return Promise.resolve();
    },
  };
}

function readOnce(socket: Socket): Promise<Bytes | null> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.pause();
      socket.off("data", onData);
      socket.off("error", onError);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
    };
    const onData = (chunk: Uint8Array): void => {
      finish();
      resolve(concatBytes([chunk]));
    };
    const onError = (error: Error): void => {
      finish();
      reject(error);
    };
    const onEnd = (): void => {
      finish();
      resolve(null);
    };
    socket.on("data", onData);
    socket.on("error", onError);
    socket.on("end", onEnd);
    socket.on("close", onEnd);
    socket.resume();
  });
}
