import { Buffer } from "node:buffer";
import type { Take } from "../contender.ts";

const STDOUT = 1;
const STATUS = 3;

/**
 * The minimal work of a client: finds the frames, and passes on the payload of
 * stdout as views of the read buffer.
 */
export class BareReader {
  /** Whether the status has arrived. */
  done = false;
  readonly #take: Take;
  #left = 0;
  #channel = 0;
  #head: Uint8Array = new Uint8Array();

  constructor(take: Take) {
    this.#take = take;
  }

  /** Returns the promise of the last callback, to wait for. */
  feed(chunk: Uint8Array): Promise<void> | void {
    if (this.#head.length > 0) chunk = Buffer.concat([this.#head, chunk]);
    this.#head = chunk.subarray(0, 0);
    let taken: Promise<void> | void = undefined;
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        const start = this.#begin(chunk, at);
        if (start < 0) {
          this.#head = chunk.subarray(at);
          return taken;
        }
        at = start;
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      this.#left -= end - at;
      if (this.#channel === STDOUT) taken = this.#take(chunk.subarray(at, end));
      else if (this.#channel === STATUS && this.#left === 0) this.done = true;
      at = end;
    }
    return taken;
  }

  /** The offset of the payload after the channel byte; -1 if incomplete. */
  #begin(chunk: Uint8Array, at: number): number {
    const short = chunk[at + 1]! & 0x7f;
    const longer = short === 127 ? 8 : short === 126 ? 2 : 0;
    const start = at + 2 + longer;
    if (start >= chunk.length) return -1;
    let length = longer === 0 ? short : 0;
    for (let index = at + 2; index < start; index++) {
      length = length * 256 + chunk[index]!;
    }
    this.#channel = chunk[start]!;
    this.#left = length - 1;
    return start + 1;
  }
}

/** A masked message on stdin, of at most 64 KiB. */
export function bareMessage(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = payload.byteLength + 1;
  const frame = new Uint8Array(8 + (length + 3 & ~3));
  frame[0] = 0x82;
  frame[1] = 0xfe;
  frame[2] = length >> 8;
  frame[3] = length & 255;
  const words = new Uint32Array(frame.buffer);
  const mask = words[1] = Math.random() * 2 ** 32;
  frame.set(payload, 9);
  for (let index = 2; index < words.length; index++) words[index]! ^= mask;
  return frame.subarray(0, 8 + length);
}

/** The path and the headers of the upgrade request. */
export function bareUpgrade(command: readonly string[], stdin: boolean): {
  readonly path: string;
  readonly headers: Record<string, string>;
} {
  const query = new URLSearchParams(command.map((word) => ["command", word]));
  query.set("stdin", String(stdin));
  query.set("stdout", "true");
  return {
    path: `/api/v1/namespaces/default/pods/bench/exec?${query}`,
    headers: {
      Authorization: "Bearer bench",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      "Sec-WebSocket-Protocol": "v5.channel.k8s.io",
      "Sec-WebSocket-Version": "13",
    },
  };
}
