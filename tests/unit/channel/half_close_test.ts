import { assertEquals, assertThrows } from "@std/assert";
import { encodeHalfClose } from "../../../src/channel/frame.ts";
import { test } from "../../harness.ts";

test("a half-close names the channel on channel 255", () => {
  for (const channel of [0, 1, 2, 3, 4]) {
    assertEquals(encodeHalfClose(channel), Uint8Array.of(255, channel));
  }
});

for (const channel of [-1, 5, 255, 0.5, NaN]) {
  test(`channel ${channel}, which the server does not have, cannot be half-closed`, () => {
    assertThrows(() => encodeHalfClose(channel), RangeError, `${channel}`);
  });
}
