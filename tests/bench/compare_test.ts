import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "../harness.ts";
import type { BenchRow } from "./bench_table.ts";
import { comparison, isWorse, movesBetween } from "./compare.ts";
import type { BenchResults } from "./results.ts";

type Range = readonly [min: number, median: number, max: number];

function results(
  rows: readonly [workload: string, target: string, Record<string, Range>][],
  node24 = "node 24.21.0",
  count = 3,
): BenchResults {
  return {
    machine: {
      date: "2026-11-22",
      system: "linux",
      processor: "a processor",
      cores: 2,
      memory: "24 GiB",
      load: 0.1,
      runtimes: { node24 },
      peers: {},
    },
    rows: rows.map(([workload, target, figures]): BenchRow => ({
      workload,
      target,
      problem: null,
      figures: Object.fromEntries(
        Object.entries(figures).map(([name, [min, median, max]]) => [
          name,
          { min, median, max, count },
        ]),
      ),
    })),
  };
}

const recorded = results([
  ["download", "podwire, node24", { "MiB/s": [880, 900, 920] }],
  ["download", "bare, node24", { "MiB/s": [990, 1000, 1010] }],
]);

test("a machine at half its speed moves no ratio", () => {
  const slow = results([
    ["download", "podwire, node24", { "MiB/s": [440, 450, 460] }],
    ["download", "bare, node24", { "MiB/s": [490, 500, 510] }],
  ]);
  const moves = movesBetween(recorded, slow);
  assertEquals(moves.map(({ target }) => target), ["bare, node24"]);
  assertStringIncludes(comparison(recorded, slow), "the machine counts");
  assertEquals(moves.filter(isWorse), []);
});

test("a runtime that halves a download is named, with both versions", () => {
  const halved = results([
    ["download", "podwire, node24", { "MiB/s": [470, 490, 500] }],
    ["download", "bare, node24", { "MiB/s": [990, 1000, 1010] }],
  ], "node 24.22.3");
  assertEquals(movesBetween(recorded, halved), [{
    workload: "download",
    target: "podwire, node24",
    figure: "MiB/s",
    against: "bare, node24",
    was: 0.9,
    is: 0.49,
    direction: "worse",
    apart: true,
    absolute: false,
  }]);
  assertEquals(movesBetween(recorded, halved).filter(isWorse).length, 1);
  const text = comparison(recorded, halved);
  assertStringIncludes(text, "node24 node 24.21.0 -> node 24.22.3");
  assertMatch(
    text,
    /Worse.*\n {2}download: podwire, node24: MiB\/s 0\.90 -> 0\.49 of bare, node24 \(-46 %\), worse/,
  );
});

test("a move inside the spread of the rounds is told apart", () => {
  const noisy = results([
    ["download", "podwire, node24", { "MiB/s": [700, 780, 890] }],
    ["download", "bare, node24", { "MiB/s": [990, 1000, 1010] }],
  ]);
  assertEquals(movesBetween(recorded, noisy).map((move) => move.apart), [
    false,
  ]);
  assertMatch(comparison(recorded, noisy), /inside the spread/);
  const once = results(
    [["slow-reader", "podwire, deno", {
      "growth while slow, MiB": [50, 50, 50],
    }]],
    undefined,
    1,
  );
  const before = results([
    ["slow-reader", "podwire, deno", {
      "growth while slow, MiB": [13, 14, 15],
    }],
  ]);
  const [move] = movesBetween(before, once);
  assertEquals([move!.apart, move!.direction], [false, "worse"]);
});

test("sizes are compared as they are, and fewer chunks are better", () => {
  const before = results([
    ["download", "podwire, deno", { "chunks/MiB": [68, 68, 68] }],
    ["download", "bare native, deno", { "chunks/MiB": [32, 32, 32] }],
  ]);
  const after = results([
    ["download", "podwire, deno", { "chunks/MiB": [34, 34, 34] }],
    ["download", "bare native, deno", { "chunks/MiB": [32, 32, 32] }],
    ["gets", "podwire, deno", { "ms": [1, 1, 1] }],
  ]);
  const [move] = movesBetween(before, after);
  assertEquals(
    [move!.against, move!.was, move!.is, move!.direction],
    [null, 68, 34, "better"],
  );
  assertStringIncludes(
    comparison(before, after),
    "not recorded: podwire, deno (gets)",
  );
});

test("what stays within a tenth is not named", () => {
  const near = results([
    ["download", "podwire, node24", { "MiB/s": [890, 960, 990] }],
    ["download", "bare, node24", { "MiB/s": [990, 1000, 1010] }],
  ]);
  assertEquals(movesBetween(recorded, near), []);
  assertStringIncludes(comparison(recorded, near), "Nothing moved");
});
