import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { startBackgroundTimer } from "../../platform/background_timer.ts";

/** The first byte of a TLS record: its type (RFC 8446, 5.1). */
const ALERT = 0x15;
const HANDSHAKE = 0x16;

/** Alerts that announce an end rather than name a fault. */
const ENDINGS: readonly number[] = [0, 90];

/** The alerts with a hint of their own (RFC 8446, 6), by their codes. */
const ALERTS: Readonly<Record<number, string>> = {
  40: "handshake failure",
  42: "bad certificate",
  43: "unsupported certificate",
  44: "certificate revoked",
  45: "certificate expired",
  46: "certificate unknown",
  48: "unknown ca",
  49: "access denied",
  70: "protocol version",
  112: "unrecognized name",
  116: "certificate required",
  120: "no application protocol",
};

/** The length of an alert record (RFC 8446, 5.1 and 6). */
const ALERT_LENGTH = 7;

/** How long TLS has to notice the end of its carrier, in milliseconds. */
const END_TIMEOUT = 250;

/**
 * Watches a handshake: Bun 1.3 reports some failures as those of a certificate
 * that it never received, or fails to check that, and waits for ever after some.
 */
export class HandshakeWatch {
  readonly #carrier: Duplex;
  readonly #onData = (chunk: Uint8Array): void => {
    this.#first ??= chunk;
    const { byteLength, [0]: type } = chunk;
    if (type === ALERT && byteLength === ALERT_LENGTH) this.#alert = chunk[6]!;
  };
  #onClose = (): void => {};
  #cancelTimer = (): void => {};
  #first: Uint8Array | null = null;
  #alert: number | null = null;

  /** @param carrier The socket or stream that TLS is about to run over. */
  constructor(carrier: Duplex) {
    this.#carrier = carrier;
    carrier.on("data", this.#onData);
  }

  /** Ends the handshake of `socket` if it does not notice the carrier's end. */
  follow(socket: TLSSocket): void {
    this.#onClose = () => {
      this.#cancelTimer = startBackgroundTimer(
        END_TIMEOUT,
        () => socket.destroy(ended()),
      );
    };
    this.#carrier.once("close", this.#onClose);
  }

  /** Throws if the connection ended, which may be reported as a success. */
  check(socket: TLSSocket): void {
    if (socket.getPeerCertificate()?.raw) return;
    socket.on("error", () => {});
    socket.destroy();
    throw ended();
  }

  /** The true error for the one that was reported. */
  errorOf(reported: unknown): unknown {
    if (this.#first === null) return hasCode(reported) ? reported : ended();
    if (this.#alert !== null) {
      return ENDINGS.includes(this.#alert)
        ? ended()
        : failure(`alert ${ALERTS[this.#alert] ?? this.#alert}`);
    }
    const [type] = this.#first;
    return type === HANDSHAKE || type === ALERT
      ? reported
      : failure("wrong version number");
  }

  /** Call it after the handshake. */
  stop(): void {
    this.#cancelTimer();
    this.#carrier.off("data", this.#onData);
    this.#carrier.off("close", this.#onClose);
  }
}

function hasCode(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "string";
}

function ended(): Error {
  const error = new Error("the connection ended in the TLS handshake");
  return Object.assign(error, { code: "ECONNRESET" });
}

function failure(reason: string): Error {
  const error = new Error(`TLS handshake failed: ${reason}`);
  return Object.assign(error, { code: "EPROTO" });
}
