import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

/** The first byte of a TLS record: its type (RFC 8446, 5.1). */
const ALERT = 0x15;
const HANDSHAKE = 0x16;

/** The alerts with a hint of their own (RFC 8446, 6), by their codes. */
const ALERTS: Readonly<Record<number, string>> = {
  40: "alert handshake failure",
  70: "alert protocol version",
  112: "alert unrecognized name",
  120: "alert no application protocol",
};

/**
 * Watches a handshake: Bun 1.3 reports some failures as those of a certificate
 * that it never received, or fails to check that.
 *
 * @param carrier The socket or stream that TLS is about to run over.
 * @returns A function from the reported error to the true one.
 */
export function trackTlsFailure(
  carrier: Duplex,
): (reported: unknown) => unknown {
  let first: Uint8Array = new Uint8Array();
  carrier.once("data", (chunk: Uint8Array) => first = chunk);
  return (reported) => {
    const [type] = first;
    if (type === undefined) return hasCode(reported) ? reported : ended();
    if (type === HANDSHAKE) return reported;
    if (type !== ALERT) return failure("wrong version number");
    // A header of five bytes, the level, and the code.
    const code = first[6] ?? -1;
    return failure(ALERTS[code] ?? `alert ${code}`);
  };
}

/** Throws if the handshake failed, which Bun 1.3 may report as a success. */
export function assertTlsConnected(socket: TLSSocket): void {
  if (socket.getPeerCertificate()?.raw) return;
  socket.on("error", () => {});
  socket.destroy();
  throw failure("no certificate received");
}

function hasCode(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "string";
}

function ended(): Error {
  const error = new Error("the connection ended in the TLS handshake");
  return Object.assign(error, { code: "ECONNRESET" });
}

function failure(reason: string): Error {
  const error = new Error(`TLS handshake failure: ${reason}`);
  return Object.assign(error, { code: "EPROTO" });
}
