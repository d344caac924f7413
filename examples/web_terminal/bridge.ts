/** Connects a page's WebSocket to a connection of the API server. */
import type { Connection } from "@podwire/podwire";

/** The bytes that may wait for the API server; typing never reaches it. */
const INPUT_LIMIT = 2 ** 20;

/** The bytes that may wait for the page before the pod is paused. */
const OUTPUT_LIMIT = 2 ** 20;

/** Forwards messages and the close in both directions. */
export function bridge(socket: WebSocket, connection: Connection): void {
  socket.binaryType = "arraybuffer";
  const input = new Input(connection);
  socket.onopen = () => {
    let message: Uint8Array<ArrayBuffer>[] = [];
    connection.open({
      data(part, last) {
        message.push(part);
        if (!last) return;
        socket.send(join(message));
        message = [];
        if (socket.bufferedAmount > OUTPUT_LIMIT) waitForPage();
      },
      drained: () => input.drained(),
      pong: () => {},
      closed: ({ code }) => closeSocket(socket, code),
    });
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) input.add(new Uint8Array(data));
    else socket.close(4001, "text messages are not supported");
  };
  socket.onclose = () => connection.close();

  /** The WebSocket API has no event for a drained buffer. */
  async function waitForPage(): Promise<void> {
    connection.pause();
    while (
      socket.readyState === WebSocket.OPEN &&
      socket.bufferedAmount > OUTPUT_LIMIT / 2
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    connection.resume();
  }
}

/** Queues the page's messages for the API server. */
class Input {
  readonly #connection: Connection;
  readonly #queue: Uint8Array[] = [];
  #waiting = 0;
  #full = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(message: Uint8Array): void {
    this.#queue.push(message);
    this.#waiting += message.byteLength;
    this.#send();
    if (this.#waiting > INPUT_LIMIT) this.#connection.close();
  }

  drained(): void {
    this.#full = false;
    this.#send();
  }

  #send(): void {
    while (!this.#full) {
      const message = this.#queue.shift();
      if (message === undefined) return;
      this.#waiting -= message.byteLength;
      this.#full = !this.#connection.send([message]);
    }
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

/**
 * Only 1000 and 3000 to 4999 can be sent. A lost connection must not look like a
 * normal end.
 */
function closeSocket(socket: WebSocket, code: number): void {
  if (code === 1005) socket.close();
  else if (code === 1000 || code >= 3000 && code <= 4999) socket.close(code);
  else socket.close(4000, "the connection to the API server was lost");
}
