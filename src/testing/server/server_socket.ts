import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Bytes } from "../../bytes.ts";

export const LISTEN_HOST = "127.0.0.1";

export interface Listener {
  readonly port: number;
  /** Stops listening, and closes sockets whose TLS handshake is incomplete. */
  close(): void;
}

/** The subject of a verified client certificate. */
export interface CertificateSubject {
  /** CN. */
  readonly commonName: string;
  /** Every O. */
  readonly organizations: readonly string[];
}

/** The subject of the client certificate; null without a verified one. */
export function certificateSubject(socket: Socket): CertificateSubject | null {
  const tls = socket as Partial<TLSSocket>;
  if (!tls.authorized || tls.getPeerCertificate === undefined) return null;
  const subject = tls.getPeerCertificate()?.subject;
  if (subject === undefined) return null;
  return {
    commonName: asList(subject.CN)[0] ?? "",
    organizations: asList(subject.O),
  };
}

/** Node reports an attribute that occurs once as a string, else as an array. */
function asList(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Closes the socket with a TCP RST where the runtime supports it. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // While a FIN waits to be sent, Node refuses a reset, and leaves it open.
  if (socket.writableEnded && !socket.writableFinished) {
    socket.destroy();
    return;
  }
  try {
    socket.resetAndDestroy();
  } catch {
    socket.destroy();
  }
}

/** Sends FIN after the queued bytes, then destroys the socket. */
export function finishSocket(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end(() => socket.destroy());
}

/** Resolves when the socket has room or is closed. */
export function drained(socket: Socket): Promise<void> {
  if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off("drain", settle);
      socket.off("close", settle);
      resolve();
    };
    socket.on("drain", settle);
    socket.on("close", settle);
  });
}

/** A plain `Uint8Array` on a `Buffer`'s memory. */
export function plainBytes(chunk: Uint8Array): Bytes {
  return new Uint8Array(
    chunk.buffer as ArrayBuffer,
    chunk.byteOffset,
    chunk.byteLength,
  );
}
