import { assertEquals } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { DetachKeys } from "../../../src/terminal/stdin_forwarder.ts";
import { test } from "../../harness.ts";

/** What the container receives of several chunks, and whether they detach. */
function filter(
  ...chunks: readonly string[]
): [text: string, detached: boolean] {
  const keys = new DetachKeys();
  const parts = [];
  for (const chunk of chunks) {
    const { bytes, detached } = keys.filter(encodeText(chunk));
    parts.push(bytes);
    if (detached) return [decodeText(concatBytes(parts)), true];
  }
  return [decodeText(concatBytes([...parts, keys.flush()])), false];
}

test("detach keys: the sequence detaches, in one chunk or in two", () => {
  assertEquals(filter("\x10\x11"), ["", true]);
  assertEquals(filter("\x10", "\x11"), ["", true]);
  assertEquals(filter("ab\x10", "", "\x11cd"), ["ab", true]);
  assertEquals(filter("ab\x10\x11cd"), ["ab", true]);
  assertEquals(filter("\x10\x10\x11"), ["\x10", true]);
  assertEquals(filter("\x10", "\x10", "\x11"), ["\x10", true]);
});

test("detach keys: either key alone reaches the container", () => {
  for (const keys of ["\x10", "\x11", "\x11\x10", "\x10a\x11", "\x10\x10"]) {
    assertEquals(filter(keys), [keys, false]);
    assertEquals(filter(...keys), [keys, false]);
  }
});

test("detach keys: arbitrary bytes pass unchanged", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
  assertEquals(new DetachKeys().filter(bytes), { bytes, detached: false });
});
