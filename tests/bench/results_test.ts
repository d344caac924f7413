import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import type { BenchRow } from "./bench_table.ts";
import type { Machine } from "./machine.ts";
import { report } from "./report.ts";
import { type BenchResults, withPart } from "./results.ts";
import { summarize } from "./statistics.ts";

const machine = (date: string): Machine => ({
  ...{ date, system: "linux 1", processor: "CPU", cores: 2, memory: "1 GiB" },
  ...{ load: 0, runtimes: {}, peers: {} },
});

const row = (workload: string, target: string, value: number): BenchRow => ({
  ...{ workload, target, problem: null },
  figures: { seconds: summarize([value]) },
});

test("a part replaces all rows of its workloads, and has its own machine", () => {
  const recorded: BenchResults = {
    machine: machine("2026-01-01"),
    scale: 1,
    rows: [row("upload", "podwire", 1), row("copy to", "kubectl", 2)],
    parts: [{ workloads: ["copy to"], machine: machine("2026-02-02") }],
  };
  const rows = [row("copy to", "podwire copy", 3), row("copy from", "x", 4)];
  const merged = withPart(recorded, { machine: machine("2026-03-03"), rows });
  assertEquals(merged, {
    ...recorded,
    rows: [recorded.rows[0]!, ...rows],
    parts: [{
      workloads: ["copy to", "copy from"],
      machine: machine("2026-03-03"),
    }],
  });
  const lines = report(merged).split("\n");
  const dates = lines.flatMap((line) =>
    /^2026-\d\d-\d\d/.exec(line)?.[0] ?? []
  );
  assertEquals(dates, ["2026-01-01", "2026-03-03", "2026-03-03"]);
});
