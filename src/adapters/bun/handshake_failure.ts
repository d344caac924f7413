import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** The first byte of a TLS record of the handshake (RFC 8446, 5.1). */
const HANDSHAKE = 0x16;

/**
 * Watches a handshake: Bun 1.3 reports some failures as those of a certificate
 * that it never received.
 *
 * @param carrier The socket that TLS is about to run over.
 * @returns A function from the reported error to the true one.
 */
export function watchHandshake(
  carrier: Socket,
): (reported: unknown) => unknown {
  let first: number | undefined;
  carrier.once("data", (chunk: Uint8Array) => first = chunk[0]);
  return (reported) =>
    first === undefined || first === HANDSHAKE
      ? reported
      : failure("wrong version number");
}

/** Throws if the handshake failed, which Bun 1.3 may report as a success. */
export function requireHandshake(socket: TLSSocket): void {
  if (socket.getPeerCertificate()?.raw) return;
  socket.on("error", () => {});
  socket.destroy();
  throw failure("no certificate received");
}

function failure(reason: string): Error {
  const error = new Error(`TLS handshake failure: ${reason}`);
  return Object.assign(error, { code: "EPROTO" });
}
