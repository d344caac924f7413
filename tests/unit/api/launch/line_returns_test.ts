import { assertEquals } from "@std/assert";
import {
  asLogged,
  receivedLength,
} from "../../../../src/api/launch/line_returns.ts";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";

test("what was received is compared as the log would have it", () => {
  const received = {
    stdout: encodeText("a\r\nb\rc\r\nd"),
    stderr: new Uint8Array(),
  };
  const { stdout } = asLogged(encodeText("a\nb\rc\n"), received);
  assertEquals(decodeText(stdout), "a\nb\rc\nd");
  const kept = encodeText("a\r\n");
  assertEquals(asLogged(kept, received), received);
  const lengths = [0, 1, 2, 5, 6, 7];
  const mapped = lengths.map((length) =>
    receivedLength(encodeText("a\n"), received.stdout, length)
  );
  assertEquals(mapped, [0, 1, 3, 6, 8, 9]);
  assertEquals(receivedLength(kept, received.stdout, 5), 5);
});
