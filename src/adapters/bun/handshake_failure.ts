import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** The first byte of a TLS record of the handshake (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;

/**
 * Listens in on a handshake, for Bun 1.3 reports some failures of it as those
 * of a certificate that it never saw.
 *
 * @param carrier The socket that TLS is about to run over.
 * @returns Tells the true error from the one that was reported.
 */
export function overheard(carrier: Socket): (reported: unknown) => unknown {
  let first: number | undefined;
  carrier.once("data", (chunk: Uint8Array) => first = chunk[0]);
  return (reported) =>
    first === undefined || first === HANDSHAKE
      ? reported
      : failure("wrong version number");
}

/** Bun 1.3 may call itself connected when the handshake has failed. */
export function checkShaken(socket: TLSSocket): void {
  if (socket.getPeerCertificate()?.raw) return;
  socket.on("error", () => {});
  socket.destroy();
  throw failure("no certificate came");
}

function failure(reason: string): Error {
  const error = new Error(`TLS handshake failure: ${reason}`);
  return Object.assign(error, { code: "EPROTO" });
}
