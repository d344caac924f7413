import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { onAbort } from "../../abortable.ts";
import type { Bytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { builtin } from "../../platform/builtin.ts";
import { addressOf, hostAndPort } from "../../transport/address.ts";
import { connectError } from "../../transport/connect_error.ts";
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
    const stream = streamOver(carrier, (error) => end(error));
    try {
      const target = { hostname, port, tls, signal: handshake.signal };
      const socket = await connectTls(target, stream, runtime);
      end = (error) => void socket.destroy(error);
      signal.throwIfAborted();
      return new NodeDuplex(socket, stream, runtime.quirks);
    } catch (error) {
      stream.destroy();
      if (signal.aborted) throw signal.reason;
      if (error instanceof ConfigurationError) throw error;
      const { systemTrust } = quirks;
      const peer = { tls, systemTrust, isPod: true };
      throw connectError(error, hostAndPort(hostname, port), peer);
    } finally {
      stopListening();
    }
  };
}

/**
 * A stream of Node that reads and writes a duplex, with its backpressure.
 *
 * @param broken Called when the duplex has failed, or has ended for a while: Bun
 * 1.3's TLS ignores the stream's error, and its end in a handshake or with a
 * write backlog.
 */
function streamOver(
  carrier: ByteDuplex,
  broken: (error: Error) => void,
): Socket {
  let drained = NOOP;
  const stream: Duplex = new (builtin("node:stream").Duplex)({
    read() {
      carrier.resume();
    },
    write(chunk: Bytes, _encoding, done) {
      if (carrier.write(chunk)) done();
      else drained = done;
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
  // TLS reports them, where it listens.
  stream.on("error", NOOP);
  stream.once("end", () => {
    const cancel = startBackgroundTimer(END_TIMEOUT, () => {
      broken(resetError("the connection ended"));
    });
    stream.once("close", cancel);
  });
  const fail = (error: Error): void => {
    stream.destroy(error);
    broken(error);
  };
  carrier.open({
    data(chunk) {
      if (!stream.push(chunk)) carrier.pause();
    },
    drained() {
      const done = drained;
      drained = NOOP;
      done();
    },
    ended(error) {
      if (error === undefined) stream.push(null);
      else if (stream.readableLength === 0) fail(error);
      else onceRead(stream, () => fail(error));
    },
  });
  // What a socket has besides keeps the process alive, as the carrier does.
  return Object.assign(stream, { ref: NOOP, unref: NOOP }) as never;
}

/** Calls back when TLS has taken all that a stream has buffered. */
function onceRead(stream: Duplex, callback: () => void): void {
  stream.on("data", () => {
    if (stream.readableLength === 0) nextTurn().then(callback);
  });
}

function resetError(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
