import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { concatBytes } from "../../../src/bytes.ts";
import { GatheredReads } from "../../../src/adapters/gathered_reads.ts";
import type { Clock } from "../../../src/timers.ts";
import { test } from "../../harness.ts";
import { sameBytes } from "../../support/bytes.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a read of an idle socket has room for. */
const IDLE_SIZE = KIB;

/** Sizes as TLS has them: 32 KiB frames of 5 more bytes in three records. */
const RECORDS = [16 * KIB, 16 * KIB, 5];

/** A turn of Deno takes 1.5 ms, and far longer on a loaded machine. */
const SEEDS = 16;

/** The two ways to read into a block: by a copy, or in place. */
const WAYS = { "copied": copied, "in place": inPlace } as const;

for (const [way, read] of Object.entries(WAYS)) {
  test(`${way}: a lone small read is passed on at once`, () => {
    const { reads, chunks } = gathered();
    read(reads, Uint8Array.of(1));
    read(reads, Uint8Array.of(2, 3));
    assertEquals(chunks.map((chunk) => [...chunk]), [[1], [2, 3]]);
    reads.drop();
  });

  test(`${way}: what was read before there is a receiver comes first`, () => {
    const reads = newReads();
    read(reads, Uint8Array.of(1));
    const chunks: number[][] = [];
    reads.deliverTo((chunk) => void chunks.push([...chunk]));
    read(reads, Uint8Array.of(2));
    assertEquals(chunks, [[1], [2]]);
    reads.drop();
  });

  test(`${way}: a flood comes in few chunks, none small but the last`, async () => {
    const { reads, chunks, clock } = gathered();
    let sent = 0;
    for (let index = 0; sent < 4 * MIB; index++) {
      const size = RECORDS[index % RECORDS.length]!;
      read(reads, numbered(sent, size));
      sent += size;
      // Turns now and then, between any two records.
      if (index % 4 === 3) await turns(1);
      if (index % 16 === 15) await turns(5);
    }
    // The flood went on during the first wait.
    await turns(5);
    clock.elapse();
    clock.elapse();
    await turns(2);
    assertEquals(concatBytes(chunks), numbered(0, sent));
    assert(chunks.length <= 40 * 4, `there are ${chunks.length} chunks`);
    const small = chunks.slice(0, -1).filter(({ length }) => length < 4 * KIB);
    assertEquals(small.length, 0);
    reads.drop();
  });

  test(`${way}: the last few bytes of a flood wait for more`, async () => {
    const { reads, chunks } = gathered();
    read(reads, numbered(0, 64 * KIB + 5));
    await turns(5);
    assertEquals(sizes(chunks), [64 * KIB]);
    read(reads, numbered(64 * KIB + 5, 8 * KIB));
    await turns(5);
    assertEquals(sizes(chunks), [64 * KIB, 8 * KIB + 5]);
    reads.drop();
  });

  test(`${way}: a flood ends by itself, and small reads come at once again`, async () => {
    const { reads, chunks, clock } = gathered();
    read(reads, numbered(0, 64 * KIB + 5));
    await turns(5);
    clock.elapse();
    await turns(2);
    assertEquals(sizes(chunks), [64 * KIB, 5]);
    read(reads, Uint8Array.of(1));
    assertEquals(sizes(chunks), [64 * KIB, 5, 1]);
    reads.drop();
  });

  test(`${way}: the end of a wait during which a flood went on is none`, async () => {
    const { reads, chunks, clock } = gathered();
    read(reads, numbered(0, 64 * KIB + 5));
    await turns(5);
    read(reads, numbered(64 * KIB + 5, 5));
    clock.elapse();
    await turns(5);
    assertEquals(sizes(chunks), [64 * KIB]);
    clock.elapse();
    // Input that waits is read after the timers.
    read(reads, numbered(64 * KIB + 10, 5));
    await turns(5);
    assertEquals(sizes(chunks), [64 * KIB]);
    clock.elapse();
    await turns(2);
    assertEquals(sizes(chunks), [64 * KIB, 15]);
    reads.drop();
  });

  test(`${way}: some KiB without a flood wait for a few turns at most`, async () => {
    const { reads, chunks } = gathered();
    read(reads, numbered(0, 5 * KIB));
    await turns(4);
    assertEquals(sizes(chunks), [5 * KIB]);
    reads.drop();
  });

  test(`${way}: any sizes and turns give the same bytes, each in a buffer of its own`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = generator(seed);
      const { reads, chunks } = gathered();
      let sent = 0;
      for (let count = 0; count < 60; count++) {
        const size = 1 + Math.floor(random() ** 3 * 70 * KIB);
        read(reads, numbered(sent, size));
        sent += size;
        if (random() < 0.3) await turns(1 + Math.floor(random() * 5));
      }
      reads.flush();
      const label = `seed ${seed}`;
      assert(sameBytes(concatBytes(chunks), numbered(0, sent)), label);
      const buffers = new Set(chunks.map(({ buffer }) => buffer));
      assertEquals(buffers.size, chunks.length, label);
      for (const { buffer, byteLength } of chunks) {
        assertEquals(buffer.byteLength, byteLength, label);
      }
      reads.drop();
    }
  });

  test(`${way}: what was dropped is not passed on, nor what follows`, async () => {
    const { reads, chunks } = gathered();
    read(reads, numbered(0, 8 * KIB));
    reads.drop();
    read(reads, numbered(0, 8 * KIB));
    await turns(5);
    assertEquals(chunks.length, 0);
  });

  test(`${way}: a receiver may drop the rest of a flood`, async () => {
    const reads = newReads();
    const chunks: Uint8Array[] = [];
    reads.deliverTo((chunk) => {
      chunks.push(chunk);
      reads.drop();
    });
    read(reads, numbered(0, 200 * KIB));
    await turns(5);
    assertEquals(sizes(chunks), [64 * KIB]);
  });
}

test("a read that is pending in a block is not lost when what is before is passed on", async () => {
  const { reads, chunks } = gathered();
  reads.gather(numbered(0, KIB));
  const space = reads.space!;
  await turns(5);
  assertEquals(sizes(chunks), [KIB]);
  space.set(numbered(KIB, 10));
  reads.filled(10);
  assertEquals(concatBytes(chunks), numbered(0, KIB + 10));
  assertEquals(reads.space, null);
  reads.drop();
});

test("an array that comes alone, or is large, is passed on itself", () => {
  const { reads, chunks } = gathered();
  const arrays = [5, 64 * KIB, 4 * KIB].map((size) => new Uint8Array(size));
  for (const array of arrays) reads.take(array);
  for (const [index, array] of arrays.entries()) {
    assert(chunks[index] === array);
  }
  reads.drop();
});

test("a small array within a flood of arrays gets the head of the next", async () => {
  const { reads, chunks } = gathered();
  let sent = 0;
  for (const size of [256 * KIB, 35, 256 * KIB, 35, 70, 5 * KIB, 8 * KIB]) {
    reads.take(numbered(sent, size).slice());
    sent += size;
    await turns(1);
  }
  await turns(5);
  assertEquals(sizes(chunks), [
    256 * KIB,
    4 * KIB + 35,
    252 * KIB,
    5 * KIB + 105,
    8 * KIB,
  ]);
  assertEquals(concatBytes(chunks), numbered(0, sent));
  reads.drop();
});

test("the last small array of a flood is passed on after a lull", async () => {
  const { reads, chunks, clock } = gathered();
  reads.take(new Uint8Array(64 * KIB));
  reads.take(new Uint8Array(5));
  await turns(5);
  assertEquals(sizes(chunks), [64 * KIB]);
  clock.elapse();
  await turns(2);
  assertEquals(sizes(chunks), [64 * KIB, 5]);
  reads.drop();
});

test("arrays of any sizes give the same bytes, none small in a flood", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = generator(seed);
    const { reads, chunks } = gathered();
    let sent = 0;
    for (let count = 0; count < 60; count++) {
      const size = 1 + Math.floor(random() ** 3 * 70 * KIB);
      reads.take(numbered(sent, size).slice());
      sent += size;
      if (random() < 0.3) await turns(1 + Math.floor(random() * 5));
    }
    reads.flush();
    assert(sameBytes(concatBytes(chunks), numbered(0, sent)), `seed ${seed}`);
    const first = chunks.findIndex(({ length }) => length >= 32 * KIB);
    const flood = chunks.slice(first, -1);
    assert(flood.every(({ length }) => length >= 4 * KIB), `seed ${seed}`);
    reads.drop();
  }
});

function newReads(clock: Clock = new StoppedClock()): GatheredReads {
  const allocate = (length: number) => new Uint8Array(length).fill(0xee);
  return new GatheredReads(allocate, { clock });
}

function gathered(): {
  reads: GatheredReads;
  chunks: Uint8Array[];
  clock: StoppedClock;
} {
  const clock = new StoppedClock();
  const reads = newReads(clock);
  const chunks: Uint8Array[] = [];
  reads.deliverTo((chunk) => void chunks.push(chunk));
  return { reads, chunks, clock };
}

/** Its timers elapse when the test says so, on a machine of any speed. */
class StoppedClock implements Clock {
  #pending: (() => void) | null = null;

  setTimeout(run: () => void): unknown {
    return this.#pending = run;
  }

  clearTimeout(): void {
    this.#pending = null;
  }

  /** Lets the pending timer elapse. */
  elapse(): void {
    const run = this.#pending!;
    this.#pending = null;
    run();
  }
}

/** As `node:tls` does, into a buffer that is used again for the next read. */
function copied(reads: GatheredReads, bytes: Uint8Array): void {
  const copy = bytes.slice();
  reads.add(copy);
  copy.fill(0xff);
}

/** As Deno does: each read begins before its bytes arrive. */
function inPlace(reads: GatheredReads, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength;) {
    const space = reads.space;
    const part = bytes.slice(at, at + (space?.byteLength ?? IDLE_SIZE));
    at += part.byteLength;
    if (space !== null) {
      space.set(part);
      reads.filled(part.byteLength);
    } else if (part.byteLength < IDLE_SIZE) reads.add(part);
    else reads.gather(part);
  }
}

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function sizes(chunks: readonly Uint8Array[]): number[] {
  return chunks.map(({ byteLength }) => byteLength);
}

const NUMBERS = Uint8Array.from({ length: 5 * MIB }, (_, index) => index >> 2);

function numbered(from: number, length: number): Uint8Array {
  return NUMBERS.subarray(from, from + length);
}

/** A pseudo-random generator: mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let value = Math.imul(state ^ state >>> 15, 1 | state);
    value = value + Math.imul(value ^ value >>> 7, 61 | value) ^ value;
    return ((value ^ value >>> 14) >>> 0) / 2 ** 32;
  };
}
