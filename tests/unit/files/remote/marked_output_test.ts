import { assert, assertEquals } from "@std/assert";
import { type Bytes, concatBytes, encodeText } from "../../../../src/bytes.ts";
import { MarkedOutput } from "../../../../src/files/remote/marked_output.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { pattern, sameBytes, streamOf } from "../../../support/bytes.ts";

/** The bytes in parts of one size. */
function inParts(bytes: Bytes, size: number): ReadableStream<Bytes> {
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes.byteLength; at += size) {
    parts.push(bytes.slice(at, at + size));
  }
  return streamOf(parts);
}

/** The copy and the line behind it. */
async function copyOf(
  output: MarkedOutput,
): Promise<{ bytes: Bytes; end: string | null }> {
  const parts: Bytes[] = [];
  while (true) {
    const { bytes, isLast, end } = await output.part();
    parts.push(bytes);
    if (isLast) return { bytes: concatBytes(parts), end };
  }
}

test("MarkedOutput: the copy between two lines comes whole, however it is cut", async () => {
  for (const length of [0, 1, 4_095, 4_096, 20_000]) {
    const copy = pattern(length);
    const bytes = concatBytes([
      encodeText("a banner\nMARK begin 5 x\n"),
      copy,
      encodeText("MARK end 0 | 5\nbye\n"),
    ]);
    for (const size of [1, 2, 13, 1_000, 5_000, 65_536]) {
      if (size < 13 && length > 5_000) continue;
      const output = new MarkedOutput(inParts(bytes, size), "MARK");
      assertEquals(await output.line(), "begin 5 x");
      assertEquals(output.skipped, "a banner\n");
      const { bytes: copied, end } = await copyOf(output);
      assert(sameBytes(copied, copy), `${length} in parts of ${size}`);
      assertEquals(end, "end 0 | 5");
    }
  }
});

test("MarkedOutput: without its last line a copy has no end, and no part is held for good", async () => {
  for (const rest of ["", "MARK end", "MAR end 0\n"]) {
    const bytes = concatBytes([
      encodeText("MARK begin\n"),
      pattern(10_000),
      encodeText(rest),
    ]);
    const output = new MarkedOutput(inParts(bytes, 777), "MARK");
    assertEquals(await output.line(), "begin");
    const { bytes: copied, end } = await copyOf(output);
    assertEquals([copied.byteLength, end], [10_000 + rest.length, null]);
  }
});

test("MarkedOutput: an output without a line is null, and too long a banner too", async () => {
  const none = new MarkedOutput(streamOf([encodeText("no sh\n")]), "MARK");
  assertEquals([await none.line(), none.skipped], [null, "no sh\n"]);
  assertEquals(none.isOverlong, false);
  const endless = new ReadableStream<Bytes>({
    pull: (controller) => controller.enqueue(pattern(30_000)),
  });
  const long = new MarkedOutput(endless, "MARK");
  assertEquals([await long.line(), long.isOverlong], [null, true]);
});

test("MarkedOutput: the error of the output is its reader's", async () => {
  const reason = new Error("lost");
  const broken = () =>
    new ReadableStream<Bytes>({ pull: (it) => it.error(reason) });
  assertEquals(
    await rejection(new MarkedOutput(broken(), "MARK").line()),
    reason,
  );
  assertEquals(
    await rejection(new MarkedOutput(broken(), "MARK").part()),
    reason,
  );
});
