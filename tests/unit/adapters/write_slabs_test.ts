import { WriteSlabs } from "../../../src/adapters/write_slabs.ts";
import type { Bytes } from "../../../src/bytes.ts";
import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../support/seeded_random.ts";
import { test } from "../../harness.ts";

const FRAME = 32 * 1024 + 9;

test("chunks follow each other in memory", () => {
  const slabs = new WriteSlabs();
  const first = slabs.allocate(10);
  const second = slabs.allocate(FRAME);
  assertEquals(second.buffer, first.buffer);
  assertEquals(second.byteOffset, first.byteOffset + 10);
  slabs.release(first);
  slabs.release(second);
});

test("memory is used again once all of its chunks are written", () => {
  const slabs = new WriteSlabs();
  const first = slabs.allocate(FRAME);
  const second = slabs.allocate(FRAME);
  slabs.release(first);
  const third = slabs.allocate(FRAME);
  assertEquals(third.byteOffset, 2 * FRAME, "the second is not written yet");
  slabs.release(second);
  slabs.release(third);
  const other = new WriteSlabs().allocate(FRAME);
  assert(other.buffer === first.buffer, "another socket takes it over");
  assertEquals(other.byteOffset, 0);
});

test("an array larger than a slab, or foreign, is left alone", () => {
  const slabs = new WriteSlabs();
  const large = slabs.allocate(1024 * 1024);
  assertEquals(large.byteLength, 1024 * 1024);
  slabs.release(large);
  slabs.release(new Uint8Array(8));
});

test("no two chunks that are not written share a byte", () => {
  const seeded = new SeededRandom(5);

  const slabs = [new WriteSlabs(), new WriteSlabs()];
  const pending: { chunk: Bytes; mark: number; owner: WriteSlabs }[] = [];
  for (let mark = 1; mark <= 2_000; mark++) {
    const owner = slabs[mark & 1]!;
    const chunk = owner.allocate(1 + seeded.below(FRAME)).fill(mark);
    pending.push({ chunk, mark: mark & 0xff, owner });
    if (seeded.below(100) < 45 && pending.length < 20) continue;
    for (let n = 1 + seeded.below(3); n > 0 && pending.length > 0; n--) {
      const at = pending.findIndex((it) => it.owner === owner);
      if (at < 0) break;
      const [{ chunk, mark }] = pending.splice(at, 1) as [typeof pending[0]];
      assertEquals([chunk.at(0), chunk.at(-1)], [mark, mark]);
      owner.release(chunk);
    }
  }
  for (const { chunk, owner } of pending) owner.release(chunk);
});
