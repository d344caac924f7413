import { assertEquals } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { DetachKeys } from "../../../src/terminal/detach_keys.ts";
import { test } from "../../harness.ts";

/** What goes to the container of several chunks, and whether it is left. */
function take(...chunks: readonly string[]): [text: string, detached: boolean] {
  const keys = new DetachKeys();
  const parts = [];
  for (const chunk of chunks) {
    const { bytes, detached } = keys.take(encodeText(chunk));
    parts.push(bytes);
    if (detached) return [decodeText(concatBytes(parts)), true];
  }
  return [decodeText(concatBytes([...parts, keys.rest()])), false];
}

test("detach keys: the sequence leaves, in one chunk or in two", () => {
  assertEquals(take("\x10\x11"), ["", true]);
  assertEquals(take("\x10", "\x11"), ["", true]);
  assertEquals(take("ab\x10", "", "\x11cd"), ["ab", true]);
  assertEquals(take("ab\x10\x11cd"), ["ab", true]);
  assertEquals(take("\x10\x10\x11"), ["\x10", true]);
  assertEquals(take("\x10", "\x10", "\x11"), ["\x10", true]);
});

test("detach keys: either key alone is for the container", () => {
  for (const keys of ["\x10", "\x11", "\x11\x10", "\x10a\x11", "\x10\x10"]) {
    assertEquals(take(keys), [keys, false]);
    assertEquals(take(...keys), [keys, false]);
  }
});

test("detach keys: bytes that are no text pass unchanged", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
  assertEquals(new DetachKeys().take(bytes), { bytes, detached: false });
});
