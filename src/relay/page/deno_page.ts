import { onAbort } from "../../abortable.ts";
import { startTimer } from "../../timers.ts";
import type { Connection } from "../../transport/transport.ts";
import { type AcceptedPage, type PageAcceptor, webPage } from "./page.ts";

/**
 * How long the opening of a page may take once its request is over, in
 * milliseconds: it is a matter of a turn of the event loop.
 */
const OPENS_WITHIN = 1_000;

/** Upgrades a request of `Deno.serve`, which pings its sockets by itself. */
export function denoAcceptor(request: Request): PageAcceptor {
  return {
    pings: false,
    hidesKey: false,
    choosesFirst: false,
    settled: loopTurn,
    accept: (protocol) => acceptOnDeno(request, protocol),
  };
}

/**
 * Lets the event loop deliver that the page has left: Deno 2.9 never lets
 * go of a request that is upgraded after that, and then its server never stops.
 * The immediate comes after what the same turn brought.
 */
async function loopTurn(): Promise<void> {
  await new Promise<void>((resolve) => void startTimer(0, resolve));
  const { setImmediate } = globalThis as {
    setImmediate?: (run: () => void) => unknown;
  };
  await new Promise<void>((resolve) => {
    if (setImmediate === undefined) startTimer(0, resolve);
    else setImmediate(resolve);
  });
}

function acceptOnDeno(request: Request, protocol: string): AcceptedPage {
  request.signal.throwIfAborted();
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
  socket.binaryType = "arraybuffer";
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  promise.catch(() => {});
  let stopTimer = (): void => {};
  const gone = (): void => {
    stop();
    reject(new Error("the page left"));
  };
  // The end of the request is all that Deno 2.9 tells of a page that
  // left just before it was accepted: no event of its socket ever comes.
  const stopWatching = onAbort(request.signal, () => {
    stopTimer = startTimer(OPENS_WITHIN, gone, { steps: 4 });
  });
  const stop = (): void => {
    stopWatching();
    stopTimer();
  };
  // Now, so that no message comes before its listener.
  socket.onopen = () => {
    stop();
    resolve(webPage(socket, true));
  };
  socket.addEventListener("error", gone);
  socket.addEventListener("close", gone);
  return {
    response,
    connection: promise,
    abandon() {
      gone();
      try {
        socket.close();
      } catch {
        // It was never opened.
      }
    },
  };
}
