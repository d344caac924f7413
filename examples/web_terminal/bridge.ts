/** Joins a page's WebSocket and a connection to the API server. */
import type { Connection } from "@podwire/podwire";

/** How many bytes may wait for the API server: nobody types that fast. */
const INPUT_LIMIT = 2 ** 20;

/** How many bytes may wait for the page; then the pod waits too. */
const OUTPUT_LIMIT = 2 ** 20;

/** Has each side get what the other sends, and its end. */
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
      closed: ({ code }) => goodbye(socket, code),
    });
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) input.add(new Uint8Array(data));
    else socket.close(4001, "a text message");
  };
  socket.onclose = () => connection.close();

  /** The standard tells nobody when a socket has room again. */
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

/** What the page sent and the API server has yet to take. */
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

/** A server may say 1000 and its own codes; what is lost is not well ended. */
function goodbye(socket: WebSocket, code: number): void {
  if (code === 1005) socket.close();
  else if (code === 1000 || code >= 3000 && code <= 4999) socket.close(code);
  else socket.close(4000, "the connection to the API server was lost");
}
