import { type AcceptedPage, type PageAcceptor, webPage } from "./page.ts";

/** The end of a pair that the Worker keeps. */
type WorkerSocket = WebSocket & { accept(): void };

type WebSocketPair = new () => { 0: WebSocket; 1: WorkerSocket };

/** Whether this is a Worker in Cloudflare's runtime. */
export function hasWebSocketPair(): boolean {
  return "WebSocketPair" in globalThis;
}

/** Upgrades a request of a Worker. */
export const workerAcceptor: PageAcceptor = {
  pings: false,
  hidesKey: true,
  choosesFirst: false,
  accept: acceptInWorker,
};

function acceptInWorker(protocol: string): AcceptedPage {
  const Pair = Reflect.get(globalThis, "WebSocketPair") as WebSocketPair;
  const { 0: webSocket, 1: socket } = new Pair();
  socket.accept();
  socket.binaryType = "arraybuffer";
  // A Worker answers a Close frame by itself only from some version on.
  socket.addEventListener("close", () => socket.close());
  const init = {
    status: 101,
    webSocket,
    headers: { "sec-websocket-protocol": protocol },
  };
  return {
    response: new Response(null, init),
    connection: Promise.resolve(webPage(socket)),
    abandon: () => socket.close(),
  };
}
