import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { channelPrefix, encodeFrame } from "../../../src/channel/frame.ts";
import { test } from "../../harness.ts";

test("encodeFrame puts the channel's byte before the payload", () => {
  assertEquals(
    encodeFrame(1, Uint8Array.of(104, 105)),
    Uint8Array.of(1, 104, 105),
  );
});

test("encodeFrame takes an empty payload", () => {
  assertEquals(encodeFrame(0, new Uint8Array(0)), Uint8Array.of(0));
});

test("encodeFrame copies the payload and leaves it unchanged", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const message = encodeFrame(0, payload);
  message.fill(9);
  assertEquals(payload, Uint8Array.of(1, 2, 3));
});

test("encodeFrame takes every channel from 0 to 255", () => {
  const payload = Uint8Array.of(0, 255, 128, 10);
  for (let channel = 0; channel <= 255; channel++) {
    const message = encodeFrame(channel, payload);
    assertEquals(message, Uint8Array.of(channel, ...payload));
  }
});

for (const channel of [-1, 256, 1.5, NaN, Infinity]) {
  test(`channel ${channel} is out of range`, () => {
    const payload = new Uint8Array(1);
    assertThrows(() => encodeFrame(channel, payload), RangeError, `${channel}`);
    assertThrows(() => channelPrefix(channel), RangeError, `${channel}`);
  });
}

test("channelPrefix gives the same one-byte array every time", () => {
  assertEquals(channelPrefix(0), Uint8Array.of(0));
  assertEquals(channelPrefix(255), Uint8Array.of(255));
  assertStrictEquals(channelPrefix(4), channelPrefix(4));
});
