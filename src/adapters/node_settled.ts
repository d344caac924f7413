import type { Socket } from "node:net";

/**
 * Waits until `socket` emits `event`. Otherwise the socket is destroyed, and
 * this rejects with its error or with the signal's reason.
 */
export function settled(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off(event, onEvent);
      socket.off("error", fail);
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const fail = (error: unknown): void => {
      finish();
      // Errors may still come, from Bun after `destroy` too.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onEvent = (): void => {
      finish();
      resolve();
    };
    const onClose = (): void =>
      fail(Object.assign(new Error("the socket was closed"), {
        code: "ECONNRESET",
      }));
    const onAbort = (): void => fail(signal.reason);
    socket.once(event, onEvent);
    socket.once("error", fail);
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
