import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  channelPrefix,
  decodeFrame,
  encodeFrame,
} from "../../../src/channel/frame.ts";
import { ProtocolError } from "../../../src/errors.ts";
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

test("decodeFrame gives channel and payload", () => {
  assertEquals(decodeFrame(Uint8Array.of(2, 7, 8)), {
    channel: 2,
    payload: Uint8Array.of(7, 8),
  });
});

test("decodeFrame gives the payload as a view on the message", () => {
  const buffer = Uint8Array.of(9, 9, 1, 7, 8).buffer;
  const { payload } = decodeFrame(new Uint8Array(buffer, 2));
  assertStrictEquals(payload.buffer, buffer);
  assertEquals(payload.byteOffset, 3);
  assertEquals(payload.byteLength, 2);
});

test("decodeFrame gives an empty payload for a lone channel byte", () => {
  const { channel, payload } = decodeFrame(Uint8Array.of(1));
  assertEquals(channel, 1);
  assertEquals(payload.byteLength, 0);
});

test("decodeFrame rejects an empty message", () => {
  assertThrows(() => decodeFrame(new Uint8Array(0)), ProtocolError, "empty");
});

test("what encodeFrame wrote, decodeFrame reads, on every channel", () => {
  const payload = Uint8Array.of(0, 255, 128, 10);
  for (let channel = 0; channel <= 255; channel++) {
    const frame = decodeFrame(encodeFrame(channel, payload));
    assertEquals(frame, { channel, payload });
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
