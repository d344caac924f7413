import { assertEquals, assertNotEquals } from "@std/assert";
import { applyMask, nextMaskKey } from "../../../src/websocket/masking.ts";
import { test } from "../../harness.ts";
import { xor } from "./frames.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const KEY = [0x12, 0xf4, 0x80, 0xff];

test("masking equals a bytewise XOR for every alignment, phase and length", () => {
  const source = new SeededRandom(1).bytes(80);
  for (let alignment = 0; alignment < 8; alignment++) {
    for (let phase = 0; phase < 4; phase++) {
      for (let length = 0; length <= 70; length++) {
        const buffer = new Uint8Array(source).buffer;
        const bytes = new Uint8Array(buffer, alignment, length);
        const rotated = KEY.map((_, i) => KEY[(phase + i) % 4]!);
        const expected = new Uint8Array(source);
        expected.set(xor(bytes, rotated), alignment);
        applyMask(bytes, Uint8Array.from(KEY), phase);
        // The whole buffer: nothing beside the bytes may have changed.
        assertEquals(new Uint8Array(buffer), expected);
      }
    }
  }
});

test("a phase beyond 32 bits selects the right key byte", () => {
  const bytes = new Uint8Array(9);
  applyMask(bytes, Uint8Array.from(KEY), 2 ** 40 + 3);
  assertEquals(bytes, xor(new Uint8Array(9), [255, 0x12, 0xf4, 0x80]));
});

test("masking twice restores the bytes", () => {
  const source = new SeededRandom(2).bytes(1000);
  const bytes = new Uint8Array(source);
  applyMask(bytes, Uint8Array.from(KEY), 1);
  assertNotEquals(bytes, source);
  applyMask(bytes, Uint8Array.from(KEY), 1);
  assertEquals(bytes, source);
});

test("masking does not change the key", () => {
  const key = Uint8Array.from(KEY);
  applyMask(new Uint8Array(50), key, 3);
  assertEquals([...key], KEY);
});

test("every key is of four bytes and practically never repeats", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) {
    const key = nextMaskKey();
    assertEquals(key.byteLength, 4);
    seen.add(key.join());
  }
  // 5000 of 2^32: one repetition has a chance of 0.3 %, four of about 1e-12.
  assertEquals(seen.size > 4996, true);
});

test("later keys do not change an earlier one", () => {
  const key = nextMaskKey();
  const copy = new Uint8Array(key);
  for (let i = 0; i < 3000; i++) nextMaskKey();
  assertEquals(key, copy);
});
