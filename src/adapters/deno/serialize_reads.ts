import type { Socket } from "node:net";

/** The reading part of a socket's handle. */
interface ReadHandle {
  reading: boolean;
  readStart(): number;
  readStop(): number;
  onread(...args: unknown[]): unknown;
}

/**
 * Limits a socket of Deno 2.5 or 2.6 to one read at a time. Its `readStop` does
 * not cancel the pending read, and `readStart` begins another into the same
 * buffer, which loses data. So a stop takes effect after the pending read, and a
 * start before that revokes it.
 *
 * @param socket A socket that has just connected: it is reading, although its
 * handle is not marked so.
 */
export function serializeReads(socket: Socket): void {
  const handle: ReadHandle = Reflect.get(socket, "_handle");
  const start = handle.readStart.bind(handle);
  const stop = handle.readStop.bind(handle);
  let running = true;
  let wanted = true;
  handle.reading = true;
  handle.readStart = () => {
    wanted = true;
    if (running) return 0;
    running = true;
    return start();
  };
  handle.readStop = () => {
    wanted = false;
    return 0;
  };
  const { onread } = handle;
  handle.onread = (...args) => {
    try {
      return onread.apply(handle, args);
    } finally {
      // No read is pending here; the next one starts after this.
      if (!wanted) {
        running = false;
        stop();
      }
    }
  };
}
