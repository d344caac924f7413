import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Bytes } from "../../bytes.ts";

/** The address that the kit's servers listen on. */
export const LISTEN_HOST = "127.0.0.1";

/** A socket that listens on a free port. */
export interface Listener {
  readonly port: number;
  /** Stops listening, and drops what is still shaking hands. */
  close(): void;
}

/** Whom a verified client certificate names. */
export interface CertificateSubject {
  /** CN. */
  readonly commonName: string;
  /** Every O. */
  readonly organizations: readonly string[];
}

/** The subject of the client's certificate, if it gave one that verifies. */
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

/** Node gives a name that occurs once as a string, else as an array. */
function asList(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Drops the socket without a goodbye, with a TCP RST where the runtime can. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  try {
    socket.resetAndDestroy();
  } catch {
    socket.destroy();
  }
}

/** Sends FIN after what is queued, then releases the socket without waiting. */
export function finishSocket(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end(() => socket.destroy());
}

/** Resolves when the socket takes more, or never will. */
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

/** A `Buffer` as a plain `Uint8Array` on the same memory. */
export function plainBytes(chunk: Uint8Array): Bytes {
  return new Uint8Array(
    chunk.buffer as ArrayBuffer,
    chunk.byteOffset,
    chunk.byteLength,
  );
}
