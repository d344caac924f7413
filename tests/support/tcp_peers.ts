import { assert } from "@std/assert";
import type { Socket } from "node:net";
import { type Bytes, concatBytes } from "../../src/bytes.ts";
import { openSocket } from "../../src/testing/server/open_socket.ts";
import { delay } from "./async.ts";
import { startByteServer } from "./byte_server.ts";
import { pattern, sha256 } from "./bytes.ts";

/**
 * Runs `body` with a port of this machine, whose connections `accept` handles;
 * both directions of one end apart.
 */
export async function withPeer(
  accept: (socket: Socket) => void,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const peer = await startByteServer(accept, { allowHalfOpen: true });
  try {
    await body(peer.port);
  } finally {
    await peer.close();
  }
}

/** Sends many bytes, as fast as they are taken, and ends. */
export class Sender {
  /** How many bytes there are. */
  readonly total: number;
  /** How many of them were written. */
  sent = 0;

  constructor(total: number) {
    this.total = total;
  }

  /** Begins to send. */
  start(socket: Socket): void {
    const chunk = pattern(2 ** 16);
    const more = () => {
      while (this.sent < this.total) {
        this.sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    socket.on("drain", more);
    more();
  }

  /** Waits until nothing more is taken, which has to be before the end. */
  async stalled(): Promise<number> {
    let before = -1;
    while (before !== this.sent) {
      before = this.sent;
      await delay(300);
    }
    assert(this.sent < this.total, `all of ${this.total} bytes were sent`);
    return this.sent;
  }
}

/** Everything that a peer sends, up to its end. */
export function received(socket: Socket): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(new Uint8Array(chunk)));
  return new Promise((resolve, reject) => {
    socket.once("end", () => resolve(concatBytes(chunks)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed without an end")));
  });
}

/**
 * Sends bytes to a port of this machine, ends that direction, and returns what
 * comes back before the end of the other.
 */
export async function exchangeBytes(
  port: number,
  request: Uint8Array,
): Promise<Bytes> {
  const socket = await openSocket("127.0.0.1", port);
  const answer = received(socket);
  socket.end(request);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

/**
 * Waits for the end of a request, sends an answer and ends. The sum is there
 * before the answer is: a digest may take longer than the way to the program.
 *
 * @returns The request, as {@linkcode sumOf} describes it.
 */
export async function answerWithSum(
  socket: Socket,
  answer: Uint8Array,
): Promise<string> {
  const request = await received(socket);
  const sum = await sumOf(request);
  socket.end(answer);
  return sum;
}

/** The size and the SHA-256 of bytes. */
export async function sumOf(bytes: Bytes): Promise<string> {
  return `${bytes.byteLength} ${await sha256(bytes)}`;
}
