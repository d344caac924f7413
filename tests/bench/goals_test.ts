import { assert, assertEquals, assertThrows } from "@std/assert";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import type { BenchRow } from "./bench_table.ts";
import { goalsTable, scoresOf, withGoals } from "./goals.ts";
import { readResults, recordedFolder } from "./results.ts";
import { summarize } from "./statistics.ts";

function row(
  workload: string,
  target: string,
  figures: Record<string, number>,
): BenchRow {
  return {
    workload,
    target,
    problem: null,
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        summarize([value]),
      ]),
    ),
  };
}

function scores(
  rows: readonly BenchRow[],
): [string, string, string, boolean][] {
  return scoresOf({ rows }).map(({ goal, runtime, shown, reached }) => [
    goal,
    runtime,
    shown,
    reached,
  ]);
}

test("Deno's download is compared with its own sockets, others with node:", () => {
  const goal = "download: 0.90 of bare (Deno: 0.85 of bare native)";
  assertEquals(
    scores([
      row("download", "podwire, deno", { "MiB/s": 860 }),
      row("download", "bare, deno", { "MiB/s": 500 }),
      row("download", "bare native, deno", { "MiB/s": 1000 }),
      row("download", "podwire, node24", { "MiB/s": 860 }),
      row("download", "bare, node24", { "MiB/s": 1000 }),
    ]),
    [[goal, "deno", "0.86", true], [goal, "node24", "0.86", false]],
  );
});

test("a difference, a quotient and a plain figure have their limits", () => {
  const further = "RSS KiB each further";
  const idle = "idle session beyond the socket: 12 KiB";
  const link = "a list of 50 MiB: peak memory 3 times its text";
  assertEquals(
    scores([
      row("idle", "podwire, bun", { "RSS KiB each": 55, [further]: 31 }),
      row("idle", "bare, bun", { "RSS KiB each": 27, [further]: 19.2 }),
      row("list", "podwire, bun", { "peak growth per text": 3.04 }),
      row("list-link", "podwire, bun", { ms: 1000 }),
      row("list-link-plain", "podwire, bun", { ms: 4000 }),
    ]),
    [
      [idle, "bun", "28", false],
      ["... each further one: 12 KiB", "bun", "12", true],
      // What is shown decides: 3.04 is shown as 3.0.
      [link, "bun", "3.0", true],
      ["... over 100 Mbit/s: half the time with gzip", "bun", "0.25", true],
    ],
  );
});

test("forwarded ports are compared with kubectl, which has no runtime", () => {
  const figures = { "MiB/s": 200, "CPU s/GiB": 1 };
  assertEquals(
    scores([
      row("forward download", "podwire listen, bun", figures),
      row("forward upload", "podwire listen, bun", figures),
      row("forward download", "kubectl", { "MiB/s": 100, "CPU s/GiB": 2.1 }),
      row("forward slow", "podwire connect, bun", {
        "growth while slow, MiB": 40,
      }),
      row("forward slow", "podwire listen, bun", {
        "growth while slow, MiB": 20,
      }),
    ]),
    [
      ["forwarded download: 1.5 times kubectl", "bun", "2.00", true],
      ["... at 0.50 of its CPU", "bun", "0.48", true],
      ["slow reader of a forwarded port: 32 MiB", "bun", "20", true],
    ],
  );
});

test("copies are compared with kubectl, which has no runtime", () => {
  const workload = "copy tree to";
  const figures = { seconds: 2, "CPU s": 1, "growth, MiB": 64.4 };
  assertEquals(
    scores([
      row(workload, "podwire copy, deno", figures),
      row(workload, "kubectl", { seconds: 1.5, "CPU s": 2 }),
    ]),
    [
      [
        "20,000 files to a container: the time of kubectl",
        "deno",
        "1.33",
        false,
      ],
      ["... at 0.50 of its CPU", "deno", "0.50", true],
      ["... growth of memory: 64 MiB", "deno", "64", true],
    ],
  );
});

test("goals for which a run has no figures stay empty", () => {
  assertEquals(scores([row("download", "podwire, bun", { "MiB/s": 1 })]), []);
  assert(!goalsTable({ rows: [] }).includes("NaN"));
});

test("the table of goals is that of the recorded run", async () => {
  const page = await Deno.readTextFile(
    new URL("tests/bench/README.md", root),
  );
  const results = await readResults(recordedFolder);
  assertEquals(withGoals(page, goalsTable(results)), page);
  assertThrows(() => withGoals("a page", ""), Error, "no place");
});
