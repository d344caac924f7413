/**
 * A complete transport on the standard `WebSocket` and `fetch`. Write one like
 * it to reach a server in your own way.
 *
 *     deno run -A examples/custom_transport.ts web-0
 */
import {
  Api,
  BufferOverflowError,
  type Bytes,
  ConfigurationError,
  ConnectError,
  type Connection,
  type ConnectionReceiver,
  createClient,
  Pod,
  type RequestHeaders,
  type Transport,
} from "@podwire/podwire";
import process from "node:process";

/** Bytes to keep while paused: this socket cannot stop reading. */
const LIMIT = 2 ** 24;

const transport: Transport = {
  name: "small",
  capabilities: {
    headers: false,
    tls: false,
    pause: false,
    ping: false,
    answer: false,
  },
  async request({ url, method, headers, body, signal }) {
    const fields = singleFields(headers);
    const response = await fetch(url, {
      method,
      headers: fields,
      body,
      signal,
    });
    const { status, headers: answered } = response;
    return { status, headers: answered, body: response.body ?? noBody() };
  },
  async connect({ url, protocols, headers, signal }) {
    const address = url.href.replace(/^http/, "ws");
    const token = bearer(singleFields(headers));
    const socket = new WebSocket(address, [...protocols, token]);
    socket.binaryType = "arraybuffer";
    const connection = new SmallConnection(socket);
    await opened(socket, signal);
    return connection;
  },
  close: () => Promise.resolve(),
};

class SmallConnection implements Connection {
  readonly released: Promise<void>;
  readonly #socket: WebSocket;
  #receiver: ConnectionReceiver | null = null;
  #paused = true;
  #isClosed = false;
  #queue: (() => void)[] = [];
  #queued = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(new Uint8Array(data));
    this.released = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => {
        this.#emit(() =>
          this.#receiver!.closed({ code: code || 1006, reason })
        );
        resolve();
      };
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#isClosed || this.#socket.readyState !== WebSocket.OPEN) {
      return false;
    }
    const message = new Uint8Array(parts.reduce((n, p) => n + p.byteLength, 0));
    let offset = 0;
    for (const part of parts) {
      message.set(part, offset);
      offset += part.byteLength;
    }
    this.#socket.send(message);
    if (this.#socket.bufferedAmount < LIMIT / 16) return true;
    this.#waitForRoom();
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    queueMicrotask(() => this.#deliver());
  }

  ping(): void {}

  close(code = 1000, reason = ""): void {
    this.#isClosed = true;
    this.#queue = [];
    this.#socket.close(code, reason);
  }

  abort(): void {
    this.close();
  }

  #receive(message: Bytes): void {
    this.#queued += message.byteLength;
    if (this.#queued > LIMIT) return this.#overflow(message.byteLength);
    this.#emit(() => {
      this.#queued -= message.byteLength;
      this.#receiver!.data(message, true);
    });
  }

  #overflow(discarded: number): void {
    const error = new BufferOverflowError(
      `Cannot keep more than ${LIMIT} bytes`,
      {
        channel: null,
        limit: LIMIT,
        discarded,
      },
    );
    const closeInfo = { code: 1006, reason: error.message, error };
    this.#emit(() => this.#receiver!.closed(closeInfo));
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #emit(event: () => void): void {
    this.#queue.push(event);
    this.#deliver();
  }

  #deliver(): void {
    while (this.#receiver && !this.#paused && !this.#isClosed) {
      const event = this.#queue.shift();
      if (!event) return;
      event();
    }
  }

  #waitForRoom(): void {
    setTimeout(() => {
      if (this.#isClosed || this.#socket.readyState !== WebSocket.OPEN) return;
      if (this.#socket.bufferedAmount > LIMIT / 32) this.#waitForRoom();
      else this.#receiver?.drained();
    }, 5);
  }
}

/** `fetch` would join several headers of one name, which changes them. */
function singleFields(headers: RequestHeaders): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string") {
      throw new ConfigurationError(`Cannot send several headers "${name}"`);
    }
    fields[name] = value;
  }
  return fields;
}

/** The API server accepts a token as a subprotocol if headers cannot be set. */
function bearer({ authorization = "" }: Record<string, string>) {
  const token = btoa(authorization.replace("Bearer ", ""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `base64url.bearer.authorization.k8s.io.${token}`;
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () =>
      reject(
        new ConnectError("Cannot connect: the upgrade failed", {
          code: "UPGRADE_FAILED",
        }),
      );
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", fail);
    socket.addEventListener("close", fail);
    signal.addEventListener("abort", () => {
      if (socket.readyState === WebSocket.CONNECTING) socket.close();
      reject(signal.reason);
    }, { once: true });
  });
}

function noBody(): ReadableStream<Bytes> {
  return new Blob().stream();
}

const [name = "web-0"] = process.argv.slice(2);
const client = await createClient({ transport });
const pods = new Api(Pod, { client });
const { status } = await pods.get(name);
console.log(`${name} is ${status?.phase}`);

const command = ["tr", "a-z", "A-Z"];
const result = await pods.exec.run(name, {
  command,
  stdin: "through my transport",
});
console.log(`${result.text()}, exit code ${result.exitCode}`);
await client.close();
