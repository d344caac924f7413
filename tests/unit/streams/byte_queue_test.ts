import { assert, assertEquals } from "@std/assert";
import { type Bytes, concatBytes } from "../../../src/bytes.ts";
import { ByteQueue } from "../../../src/streams/byte_queue.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";

function drain(queue: ByteQueue): Bytes[] {
  const chunks: Bytes[] = [];
  let chunk: Bytes | undefined;
  while ((chunk = queue.shift()) !== undefined) chunks.push(chunk);
  return chunks;
}

test("byte queue: any parts come out as they went in", () => {
  const queue = new ByteQueue();
  const parts = [1, 3, 4095, 4096, 9, 70_000, 0, 1, 16_384, 2].map((n, i) =>
    pattern(n, i + 1)
  );
  for (const part of parts) queue.push(part);
  const whole = concatBytes(parts);
  assertEquals(queue.size, whole.byteLength);
  assertEquals(concatBytes(drain(queue)), whole);
  assertEquals(queue.size, 0);
});

test("byte queue: interleaved pushes and shifts keep the order", () => {
  const queue = new ByteQueue();
  const sent: Bytes[] = [];
  const got: Bytes[] = [];
  for (let round = 0; round < 5_000; round++) {
    const part = pattern(round % 37, round + 1);
    sent.push(part);
    queue.push(part);
    if (round % 3 === 0) got.push(queue.shift() ?? new Uint8Array());
  }
  got.push(...drain(queue));
  assertEquals(concatBytes(got), concatBytes(sent));
});

test("byte queue: a large part that fills its buffer is not copied", () => {
  const queue = new ByteQueue();
  const part = pattern(8192);
  queue.push(part);
  assert(queue.shift()?.buffer === part.buffer);
});

test("byte queue: a view on a far larger buffer is copied, not pinned", () => {
  const queue = new ByteQueue();
  const slab = pattern(65_536);
  queue.push(slab.subarray(100, 5_100));
  const chunk = queue.shift() as Bytes;
  assertEquals(chunk.buffer.byteLength, 5_000);
  assertEquals(chunk, slab.slice(100, 5_100));
});

test("byte queue: a flood of one-byte parts retains less than twice its bytes", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 100_000; i++) queue.push(new Uint8Array([i & 255]));
  const chunks = drain(queue);
  const retained = chunks.reduce((sum, c) => sum + c.buffer.byteLength, 0);
  assert(retained < 200_000, `${retained} bytes are retained`);
  assert(chunks.length < 200, `${chunks.length} chunks`);
});

test("byte queue: small parts between large ones retain no empty blocks", () => {
  const queue = new ByteQueue();
  for (let i = 0; i < 200; i++) {
    queue.push(new Uint8Array(4096));
    queue.push(new Uint8Array(1));
  }
  const size = queue.size;
  const retained = drain(queue).reduce(
    (sum, c) => sum + c.buffer.byteLength,
    0,
  );
  assert(retained <= 2 * size, `${retained} bytes are retained for ${size}`);
});

test("byte queue: no two chunks share a buffer, so a reader may transfer one", () => {
  const sent = pattern(65_536);
  const cuts = [0, 4_200, 4_210, 30_000, 34_095, 65_536];
  // Taken at the end only, and after each push.
  for (const every of [cuts.length, 2, 1]) {
    const queue = new ByteQueue();
    const slab = sent.slice();
    const parts: Bytes[] = [];
    const transferAll = () => {
      for (const chunk of drain(queue)) {
        parts.push(structuredClone(chunk, { transfer: [chunk.buffer] }));
      }
    };
    for (let i = 1; i < cuts.length; i++) {
      queue.push(slab.subarray(cuts[i - 1], cuts[i]));
      if (i % every === 0) transferAll();
    }
    transferAll();
    assertEquals(concatBytes(parts), sent);
  }
});

test("byte queue: the parts of one buffer come out as one chunk, in that buffer", () => {
  const queue = new ByteQueue();
  const slab = pattern(65_536);
  const parts: Bytes[] = [];
  for (let at = 0; at < slab.byteLength; at += 4_096) {
    const part = slab.subarray(at, at + 4_096);
    parts.push(part.slice(5));
    queue.push(part, 5);
  }
  const chunks = drain(queue);
  assertEquals(chunks.map(({ byteLength }) => byteLength), [16 * 4_091]);
  assert(chunks[0]?.buffer === slab.buffer);
  assertEquals(chunks[0], concatBytes(parts));
});

test("byte queue: of a far larger buffer no chunk is larger than 32 KiB", () => {
  const queue = new ByteQueue();
  const slab = pattern(512 * 1024);
  const parts: Bytes[] = [];
  for (let at = 0; at < slab.byteLength; at += 32_768) {
    const part = slab.subarray(at, at + 32_768);
    parts.push(part.slice(5));
    queue.push(part, 5);
  }
  const chunks = drain(queue);
  assert(chunks.every(({ buffer }) => buffer.byteLength <= 32_768));
  assertEquals(chunks.length, 16);
  assertEquals(concatBytes(chunks), concatBytes(parts));
});

test("byte queue: what follows a chunk that was taken does not change it", () => {
  const queue = new ByteQueue();
  const slab = pattern(40_000);
  const whole = slab.slice();
  queue.push(slab.subarray(0, 10_000));
  const first = queue.shift();
  queue.push(slab.subarray(20_000, 30_000));
  queue.push(slab.subarray(35_000));
  assertEquals(first, whole.slice(0, 10_000));
  assertEquals(
    concatBytes(drain(queue)),
    concatBytes([whole.slice(20_000, 30_000), whole.slice(35_000)]),
  );
});

test("byte queue: the sender's bytes may change after a small push", () => {
  const queue = new ByteQueue();
  const part = new Uint8Array([1, 2, 3]);
  queue.push(part);
  part.fill(9);
  assertEquals(queue.shift(), new Uint8Array([1, 2, 3]));
});

test("byte queue: a taken chunk does not change when more is pushed", () => {
  const queue = new ByteQueue();
  queue.push(new Uint8Array([1]));
  const first = queue.shift();
  queue.push(new Uint8Array([2]));
  assertEquals(first, new Uint8Array([1]));
  assertEquals(queue.shift(), new Uint8Array([2]));
});

test("byte queue: truncate drops the newest bytes, to the byte", () => {
  for (const limit of [0, 1, 4_999, 5_000, 5_001, 9_999, 10_010, 20_000]) {
    const queue = new ByteQueue();
    const whole = concatBytes([pattern(5_000, 1), pattern(5_000, 2)]);
    queue.push(whole.slice(0, 5_000));
    queue.push(whole.slice(5_000));
    for (let i = 0; i < 10; i++) queue.push(new Uint8Array([i]));
    const dropped = queue.truncate(limit);
    const kept = Math.min(limit, 10_010);
    assertEquals([dropped, queue.size], [10_010 - kept, kept]);
    const left = concatBytes(drain(queue));
    assertEquals(left.slice(0, 10_000), whole.slice(0, Math.min(kept, 10_000)));
  }
});

test("byte queue: pushes after a truncate do not revive what was dropped", () => {
  const queue = new ByteQueue();
  queue.push(new Uint8Array([1, 2, 3, 4]));
  queue.truncate(2);
  queue.push(new Uint8Array([9]));
  assertEquals(concatBytes(drain(queue)), new Uint8Array([1, 2, 9]));
});
