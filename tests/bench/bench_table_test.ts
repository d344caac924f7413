import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { type BenchRow, benchTable } from "./bench_table.ts";
import { summarize } from "./statistics.ts";

test("the table has a spread where there is one, and every failure", () => {
  const row = { workload: "down", problem: null };
  const rows: BenchRow[] = [
    { ...row, lane: "a", figures: { "MiB/s": summarize([412.4, 398, 430]) } },
    { ...row, lane: "bcd", figures: { "MiB/s": summarize([3.14159]) } },
    { ...row, lane: "e", figures: {}, problem: "Error: no" },
  ];
  assertEquals(
    benchTable(rows),
    ["     MiB/s", "a    412 (398-430)", "bcd  3.14", "e    FAILED: Error: no"]
      .join("\n"),
  );
});
