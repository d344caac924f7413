import { assertEquals } from "@std/assert";
import { PortableSha256, sha256, sha256Of } from "../../../src/files/sha256.ts";
import { test } from "../../harness.ts";
import { pattern, sha256 as digestOf } from "../../support/bytes.ts";

test("sha256: both digests of bytes in parts of any size are that of the whole", async () => {
  const bytes = pattern(1_000);
  for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 128, 1_000]) {
    const whole = bytes.slice(0, length);
    const expected = await digestOf(whole);
    assertEquals(sha256Of(whole), expected, `${length} at once`);
    for (const size of [1, 7, 63, 64, 65, 1_000]) {
      for (const digest of [new PortableSha256(), sha256()]) {
        for (let at = 0; at < length; at += size) {
          digest.update(whole.subarray(at, at + size));
        }
        assertEquals(digest.hex(), expected, `${length} in parts of ${size}`);
      }
    }
  }
});
