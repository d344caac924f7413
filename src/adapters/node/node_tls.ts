import { onAbort } from "../../abortable.ts";
import { ConfigurationError } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { HandshakeWatch } from "../bun/tls_failure.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { serializeReads } from "../deno/serialize_reads.ts";
import type { OnRead } from "./node_reads.ts";
import { IdentityCheck } from "./identity_check.ts";
import type { RuntimeQuirks } from "./runtime_quirks.ts";
import {
  contextOptions,
  type SecureContexts,
  type SessionCache,
} from "./tls_sessions.ts";
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";

/** A runtime's `node:tls`, with its caches. */
export interface NodeTls {
  readonly quirks: RuntimeQuirks;
  readonly sessions: SessionCache;
  /** Null where contexts cannot be shared. */
  readonly contexts: SecureContexts | null;
}

/** The server to connect to. */
export interface TlsTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsOptions;
  readonly signal: AbortSignal;
}

/**
 * Performs the TLS handshake over `carrier`, or over a new connection if that is
 * null. Rejects with the runtime's error or with the signal's reason.
 *
 * @param onread Reads instead of the socket's events; for a new connection only.
 */
export async function connectTls(
  target: TlsTarget,
  carrier: Duplex | null,
  { quirks, sessions, contexts }: NodeTls,
  onread?: OnRead,
): Promise<Socket> {
  const { tls, hostname, port, signal } = target;
  const { layerTls, legacyDenoTls, masksTlsErrors } = quirks;
  const verify = tls.insecureSkipTlsVerify !== true;
  const identity = new IdentityCheck(tls.serverName ?? hostname);
  const watch = masksTlsErrors && carrier ? new HandshakeWatch(carrier) : null;
  const session = sessions.get<Buffer>(target);
  const socket = createSocket(() => ({
    ...(carrier
      ? { socket: layerTls ? duplexOver(carrier as Socket) : carrier }
      : { host: hostname, port, noDelay: true, ...(onread && { onread }) }),
    ...(contexts ? { secureContext: contexts.of(tls) } : contextOptions(tls)),
    ALPNProtocols: ["http/1.1"],
    servername: legacyDenoTls && verify ? identity.name : identity.sni,
    rejectUnauthorized: verify,
    ...(legacyDenoTls
      ? {}
      : { checkServerIdentity: identity.checkServerIdentity }),
    session,
  }));
  if (quirks.checksResumed && session) skipResumed(socket);
  keepSessions(socket, sessions, { hostname, port, tls });
  watch?.follow(socket);
  try {
    await waitForConnect(socket, "secureConnect", signal);
    watch?.check(socket);
  } catch (error) {
    throw signal.aborted || !watch ? error : watch.errorOf(error);
  } finally {
    watch?.stop();
  }
  if (legacyDenoTls) serializeReads(socket);
  if (verify && !legacyDenoTls) verifyIdentity(identity, socket);
  return socket;
}

/**
 * A session is kept once the server's name was checked, so a resumed one needs no
 * check. Without a certificate there is none.
 */
function skipResumed(socket: TLSSocket): void {
  const get = socket.getPeerCertificate;
  const getUnlessResumed = (detailed?: boolean) =>
    socket.isSessionReused() ? null : get.call(socket, detailed as true);
  Object.assign(socket, { getPeerCertificate: getUnlessResumed });
}

/** The listener lives as long as the socket, and must not keep the call alive. */
function keepSessions(
  socket: TLSSocket,
  sessions: SessionCache,
  key: Pick<TlsTarget, "hostname" | "port" | "tls">,
): void {
  socket.on("session", (session) => sessions.set(key, session));
}

/** Throws for options that `checkMaterial` did not refuse, before sending. */
function createSocket(options: () => ConnectionOptions): TLSSocket {
  try {
    return builtin("node:tls").connect(options());
  } catch (cause) {
    throw new ConfigurationError(
      "Cannot use the TLS options: the client certificate or its key is not valid",
      { cause },
    );
  }
}

function verifyIdentity(identity: IdentityCheck, socket: TLSSocket): void {
  try {
    identity.verify(socket);
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
}

/** How long TLS has to notice the end by itself, in milliseconds. */
const END_TIMEOUT = 250;

/**
 * A stream around a socket, for TLS to run over. It has no backpressure of its
 * own: pausing the socket stops the flow, and the socket's write buffer counts,
 * since Bun 1.3 ignores the stream's.
 */
function duplexOver(socket: Socket): Duplex {
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
  // TLS reports errors of the layer; on Bun 1.3 it does not listen for them.
  layer.on("error", () => {});
  socket.on("data", (chunk) => layer.push(chunk));
  socket.on("end", () => {
    layer.push(null);
    // Bun 1.3: TLS ignores the end in a handshake or with a write backlog.
    const cancel = startBackgroundTimer(END_TIMEOUT, () => layer.destroy());
    layer.once("close", cancel);
  });
  socket.on("error", (error) => layer.destroy(error));
  socket.on("close", () => layer.destroy());
  socket.resume();
  return layer;
}

/**
 * Waits until `socket` emits `event`. On failure or abort destroys the socket and
 * rejects with its error or with the signal's reason.
 */
export function waitForConnect(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopListening = (): void => {};
    const finish = (): void => {
      socket.off(event, onEvent);
      socket.off("error", fail);
      socket.off("close", onClose);
      stopListening();
    };
    const fail = (error: unknown): void => {
      finish();
      // Errors may follow, on Bun even after `destroy`.
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
    socket.once(event, onEvent);
    socket.once("error", fail);
    socket.once("close", onClose);
    stopListening = onAbort(signal, fail);
  });
}
