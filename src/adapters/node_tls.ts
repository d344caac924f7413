import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { ConfigurationError } from "../errors.ts";
import type { TlsOptions } from "../transport/transport.ts";
import { builtin } from "./builtin.ts";
import { IdentityCheck } from "./identity_check.ts";
import { layerOver } from "./layer.ts";
import { serializeReads } from "./legacy_deno_reads.ts";
import { settled } from "./node_settled.ts";
import type { SessionCache } from "./session_cache.ts";

/** How a runtime's `node:tls` is to be used. */
export interface TlsRoad {
  readonly sessions: SessionCache;
  /**
   * TLS runs over a stream around the raw socket, and the raw socket is what
   * gets paused: where pausing the TLS socket does not stop the reading.
   */
  readonly layered: boolean;
  /**
   * Deno's before 2.7: it compares the name itself, an address too, while it
   * may hide the certificate, and its reads get into each other's way.
   */
  readonly legacyDeno?: boolean;
}

/** The server, by the name in its address. */
export interface TlsTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsOptions;
  readonly signal: AbortSignal;
}

/**
 * Shakes hands with the server over `carrier`. It rejects with the runtime's
 * own error, or with the signal's reason.
 */
export async function connectTls(
  target: TlsTarget,
  carrier: Socket,
  road: TlsRoad,
): Promise<Socket> {
  const { tls, hostname, signal } = target;
  const { sessions, layered, legacyDeno = false } = road;
  const verify = tls.insecureSkipTlsVerify !== true;
  const identity = new IdentityCheck(tls.serverName ?? hostname);
  const socket = start({
    socket: layered ? layerOver(carrier) : carrier,
    ca: tls.certificateAuthority,
    cert: tls.clientCertificate,
    key: tls.clientKey,
    ALPNProtocols: ["http/1.1"],
    servername: legacyDeno && verify ? identity.name : identity.sni,
    rejectUnauthorized: verify,
    ...(legacyDeno ? {} : { checkServerIdentity: identity.hook }),
    session: sessions.get(target),
  });
  socket.on("session", (session) => sessions.set(target, session));
  await settled(socket, "secureConnect", signal);
  if (legacyDeno) serializeReads(socket);
  if (verify && !legacyDeno) conclude(identity, socket);
  return socket;
}

/** Options that cannot be used throw here, before anything is sent. */
function start(
  options: Omit<ConnectionOptions, "socket"> & { readonly socket: Duplex },
): TLSSocket {
  try {
    return builtin("node:tls").connect(options);
  } catch (cause) {
    throw new ConfigurationError(
      "Cannot use the TLS options: the certificates or the key are not valid PEM, or do not belong together",
      { cause },
    );
  }
}

function conclude(identity: IdentityCheck, socket: TLSSocket): void {
  try {
    identity.conclude(socket);
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
}
