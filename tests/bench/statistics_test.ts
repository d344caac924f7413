import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { test } from "../harness.ts";
import { quantile, summarize } from "./statistics.ts";

test("a summary has the median and the extremes, in whatever order", () => {
  assertEquals(summarize([9, 1, 4]), {
    median: 4,
    min: 1,
    max: 9,
    count: 3,
  });
  assertEquals(summarize([4, 2]).median, 3);
});

test("a summary of nothing is refused", () => {
  assertThrows(() => summarize([]), RangeError, "no values");
});

test("a quantile lies between the values around it", () => {
  assertEquals(quantile([1, 2, 3], 1), 3);
  assertAlmostEquals(quantile([0, 10], 0.99), 9.9);
});
