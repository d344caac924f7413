import { onAbort } from "../../abortable.ts";
import { type Bytes, concatBytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import { destroyOnceConnected } from "../deno/destroy_connecting.ts";
import { hostAndPort } from "../../transport/address.ts";
import { connectError } from "../../transport/connect_error.ts";
import { connectHint } from "../../transport/connect_hint.ts";
import type { Dial, DialTarget, ProxyTls } from "../../transport/dial.ts";
import type { ByteDuplex } from "../../transport/duplex.ts";
import { openTunnel } from "../../transport/proxy/open_tunnel.ts";
import { proxyAddress } from "../../transport/proxy/proxy_address.ts";
import type { ProxyStream } from "../../transport/proxy/tunnel_stream.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { gatheredReads } from "./node_reads.ts";
import { NodeDuplex } from "./node_duplex.ts";
import { connectTls, type NodeTls, waitForConnect } from "./node_tls.ts";
import type { RuntimeQuirks } from "./runtime_quirks.ts";
import { SecureContexts, SessionCache } from "./tls_sessions.ts";
import type { Socket } from "node:net";

/** Dials with the runtime's `node:net` and `node:tls`. */
export function nodeDial(quirks: RuntimeQuirks): Dial {
  const runtime: NodeTls = {
    quirks,
    sessions: new SessionCache(),
    contexts: quirks.shareContexts ? new SecureContexts() : null,
  };
  return async (target) => {
    const { signal, hostname, port } = target;
    signal.throwIfAborted();
    try {
      return await connect(target, runtime);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ConfigurationError) throw error;
      const { systemTrust } = quirks;
      const hint = connectHint(error, { ...target, systemTrust });
      throw connectError(error, hostAndPort(hostname, port), hint);
    }
  };
}

async function connect(
  target: DialTarget,
  runtime: NodeTls,
): Promise<ByteDuplex> {
  const { proxy, tls, signal } = target;
  if (runtime.quirks.dialTlsDirectly && proxy === null && tls !== null) {
    return await connectDirectly({ ...target, tls }, runtime);
  }
  const raw = await connectTcp(target, runtime.quirks);
  const stopListening = onAbort(signal, () => raw.destroy());
  try {
    let socket = raw;
    if (proxy !== null) {
      socket = await throughProxy(raw, { ...target, proxy }, runtime);
    }
    if (tls !== null) {
      socket = await connectTls({ ...target, tls }, socket, runtime);
    }
    signal.throwIfAborted();
    return new NodeDuplex(
      socket,
      runtime.quirks.layerTls ? raw : socket,
      runtime.quirks,
    );
  } catch (error) {
    raw.destroy();
    throw error;
  } finally {
    stopListening();
  }
}

/** Lets `node:tls` open the socket. */
async function connectDirectly(
  target: DialTarget & { readonly tls: TlsOptions },
  runtime: NodeTls,
): Promise<ByteDuplex> {
  const { signal } = target;
  const gathered = runtime.quirks.gatherReads ? gatheredReads() : null;
  const socket = await connectTls(target, null, runtime, gathered?.onread);
  if (signal.aborted) socket.destroy();
  signal.throwIfAborted();
  return new NodeDuplex(socket, socket, runtime.quirks, gathered?.reads);
}

/** Connects to the proxy if there is one, else to the target. */
async function connectTcp(
  target: DialTarget,
  { legacyDenoTls }: RuntimeQuirks,
): Promise<Socket> {
  const { proxy, signal } = target;
  const { hostname, port } = proxy === null ? target : proxyAddress(proxy);
  const socket = builtin("node:net").connect({
    host: hostname,
    port,
    noDelay: true,
  });
  if (legacyDenoTls) destroyOnceConnected(socket);
  // Deno before 2.7 cannot start TLS on a socket that has begun to read.
  socket.pause();
  try {
    await waitForConnect(socket, "connect", signal);
  } catch (error) {
    if (proxy === null || signal.aborted) throw error;
    throw connectError(error, `the proxy ${hostAndPort(hostname, port)}`);
  }
  // Once TLS runs over it, nothing else listens for this socket's errors.
  socket.on("error", () => {});
  return socket;
}

async function throughProxy(
  raw: Socket,
  target: DialTarget & { readonly proxy: URL },
  runtime: NodeTls,
): Promise<Socket> {
  const { signal } = target;
  const { hostname, port, secure } = proxyAddress(target.proxy);
  let socket = raw;
  if (secure) {
    const proxy = { hostname, port, signal, tls: proxyTrust(target.proxyTls) };
    try {
      socket = await connectTls(proxy, raw, runtime);
    } catch (error) {
      if (signal.aborted) throw error;
      const where = `the proxy ${hostAndPort(hostname, port)}`;
      const hint = connectHint(error, { tls: proxy.tls, isProxy: true });
      throw connectError(error, where, hint);
    }
    socket.on("error", () => {});
  }
  const early = await openTunnel(nodeProxyStream(socket), target);
  if (early.byteLength > 0) socket.unshift(early);
  return socket;
}

/**
 * Any authority may have signed a proxy's certificate: trusts the runtime's own
 * in addition to the cluster's. A proxy never gets the client certificate.
 */
function proxyTrust(
  { certificateAuthority, insecureSkipTlsVerify }: ProxyTls,
): TlsOptions {
  const { getCACertificates, rootCertificates } = builtin("node:tls");
  // getCACertificates includes those from the environment; Deno 2.5 lacks it.
  const own = (getCACertificates?.("default") ?? rootCertificates).join("\n");
  return {
    certificateAuthority: certificateAuthority &&
      `${certificateAuthority}\n${own}`,
    insecureSkipTlsVerify,
  };
}

/** Reads from a proxy only on demand: later bytes belong to TLS. */
function nodeProxyStream(socket: Socket): ProxyStream {
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
