/**
 * How a runtime's `node:net` and `node:tls` differ from their documentation.
 * A test of each quirk is in `tests/unit/adapters`: to see whether a quirk is
 * still needed, switch it off and run those tests on the runtime.
 */
export interface RuntimeQuirks {
  /**
   * One `SecureContext` serves many connections. It spares memory that no heap
   * accounts for, and checks of each TLS option for each connection. Elsewhere a
   * shared context is slower or is not supported.
   */
  readonly shareContexts: boolean;
  /**
   * Memory may be used again once the callback of its write has run. Elsewhere
   * frames are new arrays: it is not tested.
   */
  readonly reuseWrites: boolean;
  /**
   * Run TLS over a stream around the raw socket and pause the raw socket:
   * pausing the TLS socket does not stop it from reading.
   */
  readonly layerTls: boolean;
  /** Let `node:tls` open the socket: that costs less than TLS over a socket. */
  readonly dialTlsDirectly: boolean;
  /**
   * Each TLS record comes in an array of its own, however small, and such
   * arrays make V8 13.6 and later collect the whole heap again and again: so
   * read into a buffer, and gather records. Needs {@linkcode dialTlsDirectly}.
   */
  readonly gatherReads: boolean;
  /**
   * The name in the certificate of a resumed session is checked again, and to
   * parse the certificate takes a tenth of a millisecond.
   */
  readonly checksResumed: boolean;
  /**
   * A resumed TLS socket reads on, however much it still buffers: its buffer
   * must be drained on resume, or it grows with every pause.
   */
  readonly drainOnResume: boolean;
  /**
   * A socket that is destroyed with a write backlog may stay open for ever: it
   * must be reset.
   */
  readonly resetOnDestroy: boolean;
  /**
   * `end` closes both halves, which resets the connection if input is unread,
   * and the peer loses what it has not read. So wait for the peer's FIN first,
   * which it sends after a Close frame (RFC 6455, 7.1.1).
   */
  readonly waitForPeerFin: boolean;
  /**
   * A failed write destroys the socket along with data not yet read. A server
   * that ends a session while input is in flight resets the connection right
   * after its last output, which must still be read.
   */
  readonly surviveWriteError: boolean;
  /**
   * A socket emits data for as long as there is more, without a turn of the
   * event loop: it must be paused now and then.
   */
  readonly pauseToYield: boolean;
  /**
   * A write reports room for as long as the peer reads, without a turn of the
   * event loop: it must report backpressure now and then.
   */
  readonly refuseToYield: boolean;
  /** A failed handshake is reported as an untrusted certificate. */
  readonly masksTlsErrors: boolean;
  /** So is a certificate that is expired or not for servers. */
  readonly hidesFaults: boolean;
  /**
   * `node:tls` verifies the name itself, also of an address, may hide the
   * certificate, and lets overlapping reads lose data. `node:net` never closes
   * a socket that is destroyed while it connects.
   */
  readonly legacyDenoTls: boolean;
  /** How to make the runtime trust the system's authorities, for messages. */
  readonly systemTrust?: string;
}

const NONE: RuntimeQuirks = {
  shareContexts: false,
  reuseWrites: false,
  layerTls: false,
  dialTlsDirectly: false,
  gatherReads: false,
  checksResumed: false,
  drainOnResume: false,
  resetOnDestroy: false,
  waitForPeerFin: false,
  surviveWriteError: false,
  pauseToYield: false,
  refuseToYield: false,
  masksTlsErrors: false,
  hidesFaults: false,
  legacyDenoTls: false,
};

/** Node 22 to 26. Check: `deferred_write_error_test.ts`, `reused_writes_test.ts`. */
export const NODE_QUIRKS: RuntimeQuirks = {
  ...NONE,
  shareContexts: true,
  dialTlsDirectly: true,
  reuseWrites: true,
  gatherReads: true,
  surviveWriteError: true,
  systemTrust: "NODE_OPTIONS=--use-system-ca",
};

/**
 * Bun 1.4 and later. Check: `unread_backlog_test.ts`, `paused_write_test.ts`,
 * `reused_writes_test.ts`.
 */
export const BUN_QUIRKS: RuntimeQuirks = {
  ...NONE,
  shareContexts: true,
  dialTlsDirectly: true,
  reuseWrites: true,
  checksResumed: true,
  drainOnResume: true,
  resetOnDestroy: true,
  refuseToYield: true,
  systemTrust: "NODE_USE_SYSTEM_CA=1",
};

/** Bun 1.3. Check: `tls_servers_test.ts`, the transport's conformance tests. */
export const BUN_1_3_QUIRKS: RuntimeQuirks = {
  ...NONE,
  layerTls: true,
  waitForPeerFin: true,
  pauseToYield: true,
  refuseToYield: true,
  masksTlsErrors: true,
  systemTrust: "NODE_USE_SYSTEM_CA=1",
};

/** Deno 2.7 and later. Check: "a paused connection stops the flood". */
export const DENO_QUIRKS: RuntimeQuirks = {
  ...NONE,
  layerTls: true,
  hidesFaults: true,
  systemTrust: "DENO_TLS_CA_STORE=system",
};

/** Deno 2.5 and 2.6. Check: the transport's conformance tests, with `unverified`. */
export const DENO_2_5_QUIRKS: RuntimeQuirks = {
  ...NONE,
  waitForPeerFin: true,
  legacyDenoTls: true,
  systemTrust: "DENO_TLS_CA_STORE=system",
};

/** Those of TLS over a stream that is not a socket of the system. */
export function nestedQuirks(
  { masksTlsErrors, systemTrust }: RuntimeQuirks,
): RuntimeQuirks {
  return { ...NONE, masksTlsErrors, systemTrust };
}
