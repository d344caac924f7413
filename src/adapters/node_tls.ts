import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { ConfigurationError } from "../errors.ts";
import type { TlsOptions } from "../transport/transport.ts";
import { builtin } from "./builtin.ts";
import { checkShaken, overheard } from "./handshake_failure.ts";
import { IdentityCheck } from "./identity_check.ts";
import { layerOver } from "./layer.ts";
import { serializeReads } from "./legacy_deno_reads.ts";
import type { NodeDuplexOptions } from "./node_duplex.ts";
import { settled } from "./node_settled.ts";
import { contextOptions, type SecureContexts } from "./secure_contexts.ts";
import type { SessionCache } from "./session_cache.ts";

/** How a runtime's `node:tls` is to be used. */
export interface TlsRoad extends NodeDuplexOptions {
  readonly sessions: SessionCache;
  /** Where contexts are shared by connections, which not all runtimes can. */
  readonly contexts?: SecureContexts;
  /**
   * TLS runs over a stream around the raw socket, and the raw socket is what
   * gets paused: where pausing the TLS socket does not stop the reading.
   */
  readonly layered: boolean;
  /** TLS that connects by itself costs less than over a socket that exists. */
  readonly direct?: boolean;
  /**
   * Deno's before 2.7: it compares the name itself, an address too, while it
   * may hide the certificate, and its reads get into each other's way.
   */
  readonly legacyDeno?: boolean;
  /** Bun's before 1.4: it mistakes a failed handshake for a bad certificate. */
  readonly misreports?: boolean;
}

/** The server, by the name in its address. */
export interface TlsTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsOptions;
  readonly signal: AbortSignal;
}

/**
 * Shakes hands with the server over `carrier`, or where that is null over a
 * connection of its own. It rejects with the runtime's own error, or with the
 * signal's reason.
 */
export async function connectTls(
  target: TlsTarget,
  carrier: Socket | null,
  road: TlsRoad,
): Promise<Socket> {
  const { tls, hostname, port, signal } = target;
  const { sessions, layered, legacyDeno = false, misreports = false } = road;
  const { contexts } = road;
  const verify = tls.insecureSkipTlsVerify !== true;
  const identity = new IdentityCheck(tls.serverName ?? hostname);
  const errorOf = misreports && carrier
    ? overheard(carrier)
    : (error: unknown) => error;
  const socket = start(() => ({
    ...(carrier
      ? { socket: layered ? layerOver(carrier) : carrier }
      : { host: hostname, port, noDelay: true }),
    ...(contexts ? { secureContext: contexts.of(tls) } : contextOptions(tls)),
    ALPNProtocols: ["http/1.1"],
    servername: legacyDeno && verify ? identity.name : identity.sni,
    rejectUnauthorized: verify,
    ...(legacyDeno ? {} : { checkServerIdentity: identity.hook }),
    session: sessions.get(target),
  }));
  socket.on("session", (session) => sessions.set(target, session));
  try {
    await settled(socket, "secureConnect", signal);
    if (misreports) checkShaken(socket);
  } catch (error) {
    throw signal.aborted ? error : errorOf(error);
  }
  if (legacyDeno) serializeReads(socket);
  if (verify && !legacyDeno) conclude(identity, socket);
  return socket;
}

/** What else cannot be used throws here, before anything is sent. */
function start(options: () => ConnectionOptions): TLSSocket {
  try {
    return builtin("node:tls").connect(options());
  } catch (cause) {
    throw new ConfigurationError(
      "Cannot use the TLS options: the client certificate or its key is not valid",
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
