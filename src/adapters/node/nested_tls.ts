import type { Duplex } from "node:stream";
import { onAbort } from "../../abortable.ts";
import type { Bytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { builtin } from "../../platform/builtin.ts";
import { addressOf, hostAndPort } from "../../transport/address.ts";
import { connectError } from "../../transport/connect_error.ts";
import { connectHint } from "../../transport/connect_hint.ts";
import type { ByteDuplex } from "../../transport/duplex.ts";
import type { Transport } from "../../transport/transport.ts";
import { NodeDuplex } from "./node_duplex.ts";
import { nextTurn } from "../next_turn.ts";
import { connectTls, type NodeTls } from "./node_tls.ts";
import { nestedQuirks, type RuntimeQuirks } from "./runtime_quirks.ts";
import { SecureContexts, SessionCache } from "./tls_sessions.ts";

/** How long TLS has to notice the end by itself, in milliseconds. */
const END_TIMEOUT = 250;

/** How long the other end has to close, too, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;

const NOOP = (): void => {};

/** TLS over any duplex, by the runtime's `node:tls`. */
export function nestedTls(
  quirks: RuntimeQuirks,
): NonNullable<Transport["tlsLayer"]> {
  const runtime: NodeTls = {
    quirks: nestedQuirks(quirks),
    sessions: new SessionCache(),
    contexts: quirks.shareContexts ? new SecureContexts() : null,
  };
  return ({ url, tls }) => async (carrier, signal) => {
    const { hostname, port } = addressOf(url);
    const handshake = new AbortController();
    const stopListening = onAbort(signal, (reason) => handshake.abort(reason));
    let end = (error: Error): void => handshake.abort(error);
    const source = new CarrierStream(carrier, (error) => end(error));
    try {
      const target = { hostname, port, tls, signal: handshake.signal };
      const socket = await connectTls(target, source.stream, runtime);
      end = (error) => void socket.destroy(error);
      signal.throwIfAborted();
      return new NodeDuplex(socket, source, runtime.quirks);
    } catch (error) {
      source.destroy();
      if (signal.aborted) throw signal.reason;
      if (error instanceof ConfigurationError) throw error;
      const { systemTrust, hidesFaults } = quirks;
      const peer = { tls, systemTrust, hidesFaults, isPod: true };
      const hint = connectHint(error, peer);
      throw connectError(error, hostAndPort(hostname, port), hint);
    } finally {
      stopListening();
    }
  };
}

/**
 * A duplex as a stream of Node. TLS pauses and resumes the stream as it likes, on
 * Bun at any time, so that whoever reads from TLS pauses the duplex itself.
 */
class CarrierStream {
  /** For TLS. */
  readonly stream: Duplex;
  readonly #carrier: ByteDuplex;
  #isPaused = false;
  #drained = NOOP;

  /**
   * @param broken Called when the duplex has failed, or has ended for a while:
   * Bun 1.3's TLS ignores the stream's error, and its end in a handshake or with
   * a write backlog.
   */
  constructor(carrier: ByteDuplex, broken: (error: Error) => void) {
    this.#carrier = carrier;
    const stream = this.stream = this.#makeStream();
    // TLS reports them, where it listens.
    stream.on("error", NOOP);
    stream.once("end", () => {
      const cancel = startBackgroundTimer(END_TIMEOUT, () => {
        broken(resetError("the connection ended"));
      });
      stream.once("close", cancel);
    });
    carrier.open({
      data: (chunk) => {
        if (!stream.push(chunk)) carrier.pause();
      },
      drained: () => {
        const drained = this.#drained;
        this.#drained = NOOP;
        drained();
      },
      ended: async (error) => {
        if (error === undefined) return void stream.push(null);
        // TLS may still have bytes to deliver.
        await nextTurn();
        stream.destroy(error);
        broken(error);
      },
    });
  }

  #makeStream(): Duplex {
    const carrier = this.#carrier;
    return new (builtin("node:stream").Duplex)({
      read: () => {
        if (!this.#isPaused) carrier.resume();
      },
      write: (chunk: Bytes, _encoding, done) => {
        if (carrier.write(chunk)) done();
        else this.#drained = done;
      },
      final(done) {
        carrier.end(CLOSE_TIMEOUT);
        done();
      },
      destroy(error, done) {
        carrier.destroy();
        done(error);
      },
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#carrier.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#carrier.resume();
  }

  destroy(): void {
    this.stream.destroy();
  }

  get closed(): boolean {
    return this.stream.closed;
  }

  get writableNeedDrain(): boolean {
    return this.stream.writableNeedDrain;
  }

  on(event: "drain", listener: () => void): void {
    this.stream.on(event, listener);
  }

  once(event: "close", listener: () => void): void {
    this.stream.once(event, listener);
  }

  ref(): void {
    this.#carrier.ref();
  }

  unref(): void {
    this.#carrier.unref();
  }
}

function resetError(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
