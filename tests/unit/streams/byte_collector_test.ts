import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import { ByteCollector } from "../../../src/streams/byte_collector.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";

test("collector: a burst of 1000 frames is collected untruncated", () => {
  const collector = new ByteCollector(Infinity, () => {});
  const parts = Array.from({ length: 1000 }, (_, i) => pattern(i % 300, i + 1));
  for (const part of parts) collector.data(part);
  assertEquals(collector.bytes(), concatBytes(parts));
  assertEquals(collector.bytes(), concatBytes(parts));
});

test("collector: it keeps exactly the limit, and reports the excess", () => {
  const excess: number[] = [];
  const collector = new ByteCollector(10, (bytes) => excess.push(bytes));
  collector.data(pattern(4));
  collector.data(pattern(6));
  assertEquals(excess, []);
  collector.data(pattern(1));
  collector.data(pattern(20));
  assertEquals(excess, [1, 20]);
  assertEquals(collector.bytes(), concatBytes([pattern(4), pattern(6)]));
});

test("collector: an overflow in the middle of a part keeps its start", () => {
  let excess = 0;
  const collector = new ByteCollector(7, (bytes) => excess += bytes);
  collector.data(pattern(10));
  assertEquals([collector.bytes(), excess], [pattern(10).slice(0, 7), 3]);
});
