import { ConfigurationError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { checkShaken, overheard } from "../bun/handshake_failure.ts";
import { serializeReads } from "../deno/legacy_reads.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { IdentityCheck } from "./identity_check.ts";
import type { NodeDuplexOptions } from "./node_duplex.ts";
import {
  contextOptions,
  type SecureContexts,
  type SessionCache,
} from "./tls_sessions.ts";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";

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

/** How long TLS has to hear of the end by itself, in milliseconds. */
const END_GRACE = 250;

/**
 * A stream around a socket, for TLS to run over. It takes whatever comes, in
 * both directions: pausing the socket is what stops the flow, and its buffer is
 * the one that fills, for Bun 1.3 does not look at the stream's.
 */
export function layerOver(socket: Socket): Duplex {
  const { Duplex } = builtin("node:stream");
  const layer: Duplex = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      socket.write(chunk);
      done();
    },
    final(done) {
      socket.end(done);
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  // Whoever runs TLS over it hears of errors from that; Bun 1.3 has no listener.
  layer.on("error", () => {});
  socket.on("data", (chunk) => layer.push(chunk));
  socket.on("end", () => {
    layer.push(null);
    // Bun 1.3: TLS that shakes hands or has much to write takes no notice.
    const cancel = startBackgroundTimer(END_GRACE, () => layer.destroy());
    layer.once("close", cancel);
  });
  socket.on("error", (error) => layer.destroy(error));
  socket.on("close", () => layer.destroy());
  socket.resume();
  return layer;
}

/**
 * Waits until `socket` emits `event`. Otherwise the socket is destroyed, and
 * this rejects with its error or with the signal's reason.
 */
export function settled(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off(event, onEvent);
      socket.off("error", fail);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown): void => {
      finish();
      // Errors may still come, from Bun after `destroy` too.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onEvent = (): void => {
      finish();
      resolve();
    };
    const onClose = (): void =>
      fail(Object.assign(new Error("the socket was closed"), {
        code: "ECONNRESET",
      }));
    const onAbort = (): void => fail(signal.reason);
    socket.once(event, onEvent);
    socket.once("error", fail);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
