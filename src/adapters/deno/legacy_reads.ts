import type { Socket } from "node:net";

/** The part of a socket's handle that reads. */
interface ReadHandle {
  reading: boolean;
  readStart(): number;
  readStop(): number;
  onread(...args: unknown[]): unknown;
}

/**
 * Lets a socket of Deno 2.5 or 2.6 have one read at a time. Its own
 * `readStop` leaves the read that is under way alone, and `readStart` begins
 * another into the same buffer: what both read is then lost. So a stop waits
 * for the read's end, and a start before that takes it back.
 *
 * @param socket Just connected, which is when it has begun to read, unmarked.
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
      // No read is under way just here, and the next begins after this.
      if (!wanted) {
        running = false;
        stop();
      }
    }
  };
}
