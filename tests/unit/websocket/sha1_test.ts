import { assertEquals } from "@std/assert";
import { sha1 } from "../../../src/websocket/sha1.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";

test("sha1: equals crypto.subtle at every length up to three blocks", async () => {
  for (let length = 0; length <= 192; length++) {
    const message = pattern(length, length + 1);
    const expected = new Uint8Array(
      await crypto.subtle.digest("SHA-1", message),
    );
    assertEquals(sha1(message), expected, `${length} bytes`);
  }
});
