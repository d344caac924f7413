import { assertEquals } from "@std/assert";
import { DeliveredOutput } from "../../../../src/api/launch/delivered_output.ts";
import { withReturns } from "../../../../src/api/launch/line_returns.ts";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";

test("the end of what was delivered is kept in bounded memory", () => {
  const output = new DeliveredOutput();
  const large = new Uint8Array(100_000).fill(97);
  for (let i = 0; i < 100; i++) output.add(1, large);
  output.add(1, encodeText("end"));
  const { stdout } = output.end();
  assertEquals(output.length, 10_000_003);
  assertEquals(decodeText(stdout.slice(-4)), "aend");
  assertEquals(stdout.byteLength >= 2 ** 20, true);
  assertEquals(stdout.byteLength < 2 ** 20 + 200_000, true);
  // It is not used up.
  assertEquals(output.end().stdout.byteLength, stdout.byteLength);
});

test("both streams are told apart, other channels are none", () => {
  const output = new DeliveredOutput();
  const texts = [[1, "a\n"], [2, "b"], [3, "{}"], [1, ""], [1, "c"]] as const;
  for (const [channel, text] of texts) output.add(channel, encodeText(text));
  const { stdout, stderr } = output.end();
  assertEquals([decodeText(stdout), decodeText(stderr)], ["a\nc", "b"]);
  assertEquals([output.length, output.unfinished], [4, 2]);
  for (let i = 0; i < 3000; i++) output.add(1 + i % 2, encodeText("x"));
  assertEquals(output.end().stdout.byteLength, 512);
});

test("CRs do not count, and are put back in front of each LF", () => {
  const output = new DeliveredOutput();
  output.add(1, encodeText("a\r\nb\r"));
  output.add(1, encodeText("\n"));
  assertEquals([output.length, output.hasReturns], [4, true]);
  output.add(1, encodeText("c\n"));
  assertEquals([output.length, output.hasReturns], [6, false]);
  const cases = [
    ["a\nb", "a\r\nb"],
    ["a\r\nb\n", "a\r\nb\r\n"],
    ["\n\n", "\r\n\r\n"],
    ["none", "none"],
    ["", ""],
  ] as const;
  for (const [text, expected] of cases) {
    assertEquals(decodeText(withReturns(encodeText(text))), expected);
  }
});
