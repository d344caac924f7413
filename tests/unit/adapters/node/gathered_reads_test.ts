import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { concatBytes } from "../../../../src/bytes.ts";
import { GatheredReads } from "../../../../src/adapters/node/gathered_reads.ts";
import { test } from "../../../harness.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Sizes as TLS has them: 32 KiB frames of 5 more bytes in three records. */
const RECORDS = [16 * KIB, 16 * KIB, 5];

test("a lone small read is passed on at once", () => {
  const { read, chunks } = gather();
  read(Uint8Array.of(1));
  read(Uint8Array.of(2, 3));
  assertEquals(chunks.map((chunk) => [...chunk]), [[1], [2, 3]]);
});

test("what was read before there is a receiver comes first", () => {
  const reads = new GatheredReads();
  reads.onread.callback(1, Uint8Array.of(1));
  const chunks: number[][] = [];
  reads.deliverTo((chunk) => void chunks.push([...chunk]));
  reads.onread.callback(1, Uint8Array.of(2));
  assertEquals(chunks, [[1], [2]]);
});

test("a flood comes in few chunks, none small but the last", async () => {
  const { read, chunks } = gather();
  let sent = 0;
  for (let index = 0; sent < 4 * MIB; index++) {
    const size = RECORDS[index % RECORDS.length]!;
    read(numbered(sent, size));
    sent += size;
    // A turn now and then, between any two records.
    if (index % 4 === 3) await turn();
  }
  while (total(chunks) < sent) await turn();
  assertEquals(concatBytes(chunks), numbered(0, sent));
  assert(chunks.length <= 40 * 4, `there are ${chunks.length} chunks`);
  const small = chunks.slice(0, -1).filter(({ length }) => length < 4 * KIB);
  assertEquals(small.length, 0);
});

test("any sizes and turns give the same bytes, each in a buffer of its own", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = generator(seed);
    const { read, chunks, reads } = gather();
    let sent = 0;
    for (let count = 0; count < 60; count++) {
      const size = 1 + Math.floor(random() ** 3 * 70 * KIB);
      read(numbered(sent, size));
      sent += size;
      if (random() < 0.3) await turn();
    }
    reads.flush();
    const label = `seed ${seed}`;
    assertEquals(concatBytes(chunks), numbered(0, sent), label);
    const buffers = new Set(chunks.map(({ buffer }) => buffer));
    assertEquals(buffers.size, chunks.length, label);
    for (const { buffer, byteLength } of chunks) {
      assertEquals(buffer.byteLength, byteLength, label);
    }
    reads.drop();
  }
});

test("what was dropped is not passed on", async () => {
  const { read, chunks, reads } = gather();
  read(numbered(0, 8 * KIB));
  reads.drop();
  for (let turns = 0; turns < 5; turns++) await turn();
  assertEquals(chunks.length, 0);
});

function gather(): {
  reads: GatheredReads;
  chunks: Uint8Array[];
  read(bytes: Uint8Array): void;
} {
  const reads = new GatheredReads();
  const chunks: Uint8Array[] = [];
  reads.deliverTo((chunk) => void chunks.push(chunk));
  return {
    reads,
    chunks,
    read(bytes) {
      // The buffer is used again for the next read.
      const copy = bytes.slice();
      reads.onread.callback(copy.byteLength, copy);
      copy.fill(0xff);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function total(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function numbered(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (from + index) * 31 >> 3);
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
