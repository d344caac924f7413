import { assert, assertEquals } from "@std/assert";
import {
  BLOCK,
  SegmentDigest,
  type Segments,
  segmentsOf,
} from "../../../src/files/segments.ts";
import { test } from "../../harness.ts";
import { pattern, sha256 } from "../../support/bytes.ts";

const MIB = 2 ** 20;

test("segments: a small file has none, and what is behind them is smaller than one", () => {
  const none = { count: 0, blocks: 0 };
  assertEquals(segmentsOf(null), none);
  assertEquals(segmentsOf(0), none);
  assertEquals(segmentsOf(16 * MIB - 1), none);
  assertEquals(segmentsOf(16 * MIB), { count: 4, blocks: 64 });
  assertEquals(segmentsOf(2 ** 30), { count: 32, blocks: 512 });
  assertEquals(segmentsOf(2 ** 40), { count: 16_384, blocks: 1024 });
  for (let size = 16 * MIB; size < 2 ** 45; size = size * 1.37 + 1) {
    const { count, blocks } = segmentsOf(Math.floor(size));
    const rest = Math.floor(size) - count * blocks * BLOCK;
    assert(rest >= 0 && rest < blocks * BLOCK, String(size));
  }
});

async function listed(
  bytes: Uint8Array<ArrayBuffer>,
  { count, blocks }: Segments,
): Promise<string> {
  const size = blocks * BLOCK;
  let lines = "";
  for (let index = 0; index <= count; index++) {
    const end = index < count ? (index + 1) * size : undefined;
    lines += `${await sha256(bytes.slice(index * size, end))}\n`;
  }
  return await sha256(new TextEncoder().encode(lines));
}

test("segments: the digest is that of the list, however the bytes are cut", async () => {
  const bytes = pattern(5 * BLOCK + 7);
  for (const length of [0, 7, 4 * BLOCK, 5 * BLOCK, bytes.byteLength]) {
    const whole = bytes.slice(0, length);
    const count = Math.floor(length / BLOCK / 2);
    const segments = { count, blocks: 2 };
    const expected = count === 0
      ? await sha256(whole)
      : await listed(whole, segments);
    for (const size of [1000, BLOCK, 2 * BLOCK, 2 * BLOCK + 1, 6 * BLOCK]) {
      const digest = new SegmentDigest(segments);
      for (let at = 0; at < length; at += size) {
        digest.update(whole.subarray(at, at + size));
      }
      assertEquals(digest.hex(), expected, `${length} in parts of ${size}`);
    }
  }
});
