import { ConfigurationError, ConnectError } from "../../errors.ts";
import { connectError } from "../../transport/connect_error.ts";
import { connectHint } from "../../transport/connect_hint.ts";
import type { Dial, DialTarget } from "../../transport/dial.ts";
import { hostAndPort } from "../../transport/address.ts";
import { proxyAddress } from "../../transport/proxy/proxy_address.ts";
import { connectNatively } from "./deno_connect.ts";
import { DenoDuplex } from "./deno_duplex.ts";
import { isModernDeno } from "../../platform/runtime.ts";
import { nodeDial } from "../node/node_dial.ts";
import { DENO_2_5_QUIRKS, DENO_QUIRKS } from "../node/runtime_quirks.ts";

/** Dials with Deno's native sockets where possible, else with `node:tls`. */
export function denoDial(): Dial {
  const modern = isModernDeno();
  const quirks = modern ? DENO_QUIRKS : DENO_2_5_QUIRKS;
  const nodeTlsDial = nodeDial(quirks);
  return async (target) => {
    const { signal, hostname, port } = target;
    signal.throwIfAborted();
    if (needsNodeTls(target)) {
      if (!modern) refuseNested(target);
      return await withNativeError(nodeTlsDial(target), target);
    }
    try {
      const { conn, early } = await connectNatively(target);
      return new DenoDuplex(conn, early);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ConfigurationError) throw error;
      const { systemTrust } = quirks;
      const hint = connectHint(error, { ...target, systemTrust });
      throw connectError(error, hostAndPort(hostname, port), hint);
    }
  };
}

/**
 * `Deno.startTls` takes a name but no client certificate, `connectTls` takes a
 * certificate but neither another name nor an existing connection, and neither
 * skips verification or runs over TLS.
 */
function needsNodeTls({ tls, proxy }: DialTarget): boolean {
  if (proxy?.protocol === "https:") return true;
  if (tls === null) return false;
  return tls.insecureSkipTlsVerify === true ||
    tls.clientCertificate !== undefined &&
      (proxy !== null || tls.serverName !== undefined);
}

/**
 * Before Deno 2.7, TLS over TLS needs a stream in between, and TLS over a stream
 * emits `secureConnect` before it has verified anything.
 */
function refuseNested({ tls, proxy }: DialTarget): void {
  if (tls === null || proxy === null || !proxyAddress(proxy).secure) return;
  throw new ConfigurationError(
    "Cannot use an https: proxy for an https: server: that needs Deno 2.7 or later",
  );
}

/**
 * Deno's `node:tls` has no codes for most problems of a server's certificate.
 * The native handshake reports them and verifies in the same way.
 */
async function withNativeError<Value>(
  attempt: Promise<Value>,
  target: DialTarget,
): Promise<Value> {
  try {
    return await attempt;
  } catch (error) {
    if (target.signal.aborted || !isVague(error)) throw error;
    throw await nativeError(target) ?? error;
  }
}

function isVague(error: unknown): boolean {
  return error instanceof ConnectError &&
    (error.code === "UNKNOWN" || error.code === "CERT_UNTRUSTED");
}

async function nativeError(target: DialTarget): Promise<unknown> {
  const { tls, proxy, proxyTls, hostname, port } = target;
  if (proxy?.protocol === "https:") {
    const { certificateAuthority } = proxyTls;
    const address = proxyAddress(proxy);
    return await handshakeError(
      { ...target, ...address, proxy: null, tls: { certificateAuthority } },
      `the proxy ${hostAndPort(address.hostname, address.port)}`,
      true,
    );
  }
  const anonymous = {
    ...target,
    tls: tls && { ...tls, clientCertificate: undefined, clientKey: undefined },
  };
  if (tls === null || needsNodeTls(anonymous)) return null;
  return await handshakeError(anonymous, hostAndPort(hostname, port));
}

/** Connects once more, natively; null if that succeeds. */
async function handshakeError(
  target: DialTarget,
  where: string,
  isProxy = false,
): Promise<unknown> {
  try {
    (await connectNatively(target)).conn.close();
    return null;
  } catch (error) {
    if (target.signal.aborted) return target.signal.reason;
    const { systemTrust } = DENO_QUIRKS;
    const hint = connectHint(error, { tls: target.tls, systemTrust, isProxy });
    return connectError(error, where, hint);
  }
}
