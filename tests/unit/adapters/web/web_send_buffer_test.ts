import { assertEquals } from "@std/assert";
import { SendBuffer } from "../../../../src/adapters/web/web_send_buffer.ts";
import { test } from "../../../harness.ts";

/** More than every socket has room for. */
const MUCH = new Uint8Array(17 * 1024);

/** A socket that delays its last messages, and the time and timers around it. */
class Bench {
  readonly sent: number[] = [];
  readonly socket = {
    readyState: 1,
    bufferedAmount: 0,
    send: ({ byteLength }: Uint8Array) => void this.sent.push(byteLength),
  };
  readonly buffer = new SendBuffer(this.socket as never, () => {}, true);
  now = 1_000;
  readonly #timers = new Map<number, { due: number; run: () => void }>();
  #number = 0;

  setTimeout(run: () => void, delay: number): number {
    this.#timers.set(++this.#number, { due: this.now + delay, run });
    return this.#number;
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Runs what is due, and nothing in between: the event loop is blocked. */
  block(milliseconds: number): void {
    this.now += milliseconds;
    for (const [id, { due, run }] of [...this.#timers]) {
      if (due > this.now) continue;
      this.#timers.delete(id);
      run();
    }
  }

  pass(milliseconds: number): void {
    for (let i = 0; i < milliseconds; i++) this.block(1);
  }
}

/** Cleared timers still run, as on Deno 2.5. */
function testBuffer(name: string, body: (bench: Bench) => void): void {
  test(name, () => {
    const { setTimeout } = globalThis;
    const bench = new Bench();
    globalThis.setTimeout = ((run: () => void, delay: number) =>
      bench.setTimeout(run, delay)) as never;
    // Bun's is the object's own, the others' is of the prototype.
    const own = Object.getOwnPropertyDescriptor(performance, "now");
    Object.defineProperty(performance, "now", {
      value: () =>
        bench.now,
      configurable: true,
    });
    try {
      body(bench);
    } finally {
      globalThis.setTimeout = setTimeout;
      Reflect.deleteProperty(performance, "now");
      if (own) Object.defineProperty(performance, "now", own);
    }
  });
}

testBuffer(
  "a stopped send buffer starts no timer, though a cleared one still runs",
  (bench) => {
    bench.socket.bufferedAmount = 2 ** 21;
    bench.buffer.send(MUCH);
    assertEquals(bench.timers, 2, "to poll and to nudge");
    bench.buffer.stop();
    bench.pass(1_000);
    assertEquals([bench.timers, bench.sent.length], [0, 1]);
  },
);

testBuffer("an empty message follows much input, once", (bench) => {
  bench.buffer.send(MUCH);
  bench.pass(60);
  bench.buffer.received();
  bench.pass(119);
  assertEquals(bench.sent, [MUCH.byteLength]);
  bench.pass(5);
  assertEquals(bench.sent, [MUCH.byteLength, 0]);
  bench.buffer.send(new Uint8Array(1));
  bench.pass(1_000);
  assertEquals(bench.sent, [MUCH.byteLength, 0, 1]);
});

// A server that has answered and closed would reset the connection.
testBuffer("no empty message follows little input", (bench) => {
  for (let i = 0; i < 16; i++) bench.buffer.send(new Uint8Array(1));
  assertEquals(bench.timers, 0);
  bench.buffer.send(new Uint8Array(1));
  bench.pass(150);
  assertEquals(bench.sent.slice(16), [1, 0]);
});

testBuffer("after a blocked event loop, what came is read first", (bench) => {
  bench.buffer.send(MUCH);
  bench.block(300);
  bench.block(300);
  assertEquals(bench.sent, [MUCH.byteLength]);
  bench.buffer.received();
  bench.pass(90);
  assertEquals(bench.sent, [MUCH.byteLength]);
  bench.pass(60);
  assertEquals(bench.sent, [MUCH.byteLength, 0]);
});

testBuffer(
  "a loop that is always blocked delays it for a while only",
  (bench) => {
    bench.buffer.send(MUCH);
    for (let i = 0; i < 20 && bench.sent.length < 2; i++) bench.block(200);
    assertEquals(bench.sent, [MUCH.byteLength, 0]);
  },
);
