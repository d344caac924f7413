import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { builtin } from "./builtin.ts";
import { lazyTimer } from "./lazy_timer.ts";

/** How long TLS has to hear of the end by itself, in milliseconds. */
const END_GRACE = 250;

/**
 * A stream around a socket, for TLS to run over. It takes whatever comes, in
 * both directions: pausing the socket is what stops the flow, and its buffer is
 * the one that fills, for Bun 1.3 does not look at the stream's.
 */
export function layerOver(socket: Socket): Duplex {
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
  // Whoever runs TLS over it hears of errors from that; Bun 1.3 has no listener.
  layer.on("error", () => {});
  socket.on("data", (chunk) => layer.push(chunk));
  socket.on("end", () => {
    layer.push(null);
    // Bun 1.3: TLS that shakes hands or has much to write takes no notice.
    const cancel = lazyTimer(END_GRACE, () => layer.destroy());
    layer.once("close", cancel);
  });
  socket.on("error", (error) => layer.destroy(error));
  socket.on("close", () => layer.destroy());
  socket.resume();
  return layer;
}
