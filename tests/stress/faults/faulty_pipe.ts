import type { Socket } from "node:net";
import { setImmediate } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { concatBytes } from "../../../src/bytes.ts";
import {
  drained,
  resetSocket,
} from "../../../src/testing/server/server_socket.ts";
import { runtime } from "../../harness.ts";
import type { FaultEffects } from "./fault_effects.ts";
import type { Direction, Fault } from "./fault.ts";

/** A split pipe sends this many single bytes, then this many small pieces. */
const SINGLES = 400;
const SMALL = 400;
/** The size of later pieces: many small ones take too long on a busy machine. */
const LARGE = 16_384;

/** What both directions of a proxied connection share. */
export interface FaultyLink {
  readonly fault: Fault;
  readonly effects: FaultEffects;
  /** Aborts when the proxy closes. */
  readonly closing: AbortSignal;
  /** Whether the client received everything up to the server's FIN. */
  complete: boolean;
}

/**
 * One direction of a proxied connection, with its fault. Always keeps reading:
 * Deno 2.5 loses bytes of a paused socket.
 */
export class FaultyPipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #direction: Direction;
  readonly #fault: Fault;
  readonly #link: FaultyLink;
  #waiting: Uint8Array[] = [];
  #ended = false;
  #working = false;
  #passed = 0;
  #pieces = 0;
  #blocked = false;

  constructor(
    from: Socket,
    to: Socket,
    direction: Direction,
    link: FaultyLink,
  ) {
    const { fault, effects } = link;
    this.#from = from;
    this.#to = to;
    this.#direction = direction;
    this.#fault = concerns(fault, direction) ? fault : { kind: "none" };
    this.#link = link;
    from.on("data", (chunk: Uint8Array) => {
      this.#waiting.push(new Uint8Array(chunk));
      this.#work();
    });
    // Forward a reset as a FIN: a reset would discard bytes in flight.
    for (const event of ["end", "error"]) {
      from.once(event, () => {
        if (event === "error" && direction === "down" && !this.#ended) {
          effects.recordReset();
        }
        this.#ended = true;
        this.#work();
      });
    }
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      while (!this.#blocked && this.#waiting.length > 0) {
        await this.#handle(await this.#next());
      }
      if (this.#ended && !this.#blocked) this.#end();
    } catch {
      // The proxy closes.
    }
    this.#working = false;
  }

  #end(): void {
    if (this.#direction === "down") this.#link.complete = true;
    this.#to.end();
  }

  async #next(): Promise<Uint8Array> {
    const { kind } = this.#fault;
    if (this.#fault.kind === "coalesce" || this.#fault.kind === "delay") {
      await this.#wait(this.#fault.ms);
    }
    const count = kind === "coalesce" ? this.#waiting.length : 1;
    return concatBytes(this.#waiting.splice(0, count));
  }

  async #handle(chunk: Uint8Array): Promise<void> {
    const fault = this.#fault;
    if (fault.kind === "split") return await this.#split(fault.largest, chunk);
    if ("after" in fault) return await this.#until(fault, chunk);
    await this.#pass(chunk);
  }

  /** Forwards up to the byte at which the fault triggers. */
  async #until(
    fault: Extract<Fault, { after: number }>,
    chunk: Uint8Array,
  ): Promise<void> {
    const room = fault.after - this.#passed;
    if (room < 0 || chunk.byteLength < room) return await this.#pass(chunk);
    await this.#pass(chunk.subarray(0, room));
    if (fault.kind === "stall" && fault.ms !== null) {
      await this.#wait(fault.ms);
      this.#passed++; // The stall is over, even if nothing follows.
      return await this.#pass(chunk.subarray(room));
    }
    this.#blocked = true;
    if (!this.#link.complete) this.#link.effects.trigger();
    if (fault.kind === "half-open") this.#to.end();
    if (fault.kind === "cut") this.#cut(fault.how);
  }

  #cut(how: "fin" | "reset"): void {
    for (const socket of [this.#from, this.#to]) {
      if (how === "reset") resetSocket(socket);
      else socket.end();
    }
  }

  async #split(largest: number, chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength;) {
      const size = this.#sizeOf(this.#pieces++, largest);
      await this.#pass(chunk.subarray(at, at + size));
      await this.#turn();
      at += size;
    }
  }

  /**
   * Lets the other end read a piece before the next. A timer of 0 ms takes 20 on a
   * busy machine, with which Node's `fetch` gives up after 10 s. Deno needs one:
   * without, the other end reads the pieces together.
   */
  async #turn(): Promise<void> {
    if (runtime === "deno") return await this.#wait(0);
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#link.closing.throwIfAborted();
  }

  #sizeOf(piece: number, largest: number): number {
    if (piece < SINGLES) return 1;
    return piece < SINGLES + SMALL ? largest : LARGE;
  }

  async #pass(piece: Uint8Array): Promise<void> {
    this.#passed += piece.byteLength;
    if (piece.byteLength === 0 || this.#to.destroyed) return;
    if (this.#direction === "down") {
      this.#link.effects.recordBytes(piece.byteLength);
    }
    const written = this.#to.write(piece, (error) => {
      if (error && this.#direction === "up") this.#link.effects.recordReset();
    });
    if (!written) await drained(this.#to);
  }

  async #wait(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#link.closing });
  }
}

function concerns(fault: Fault, direction: Direction): boolean {
  if (fault.kind === "stall") return fault.directions.includes(direction);
  return !("direction" in fault) || fault.direction === direction;
}
