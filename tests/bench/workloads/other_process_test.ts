import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { test } from "../../harness.ts";
import {
  cpuTimeOf,
  cpuTimeOfChildren,
  watchMemoryOf,
} from "./other_process.ts";

test("a process's name does not shift the fields of its times", () => {
  const stat = `7 (a) b 1) S ${"0 ".repeat(10)}100 50 25 75 20 0`;
  assertEquals(cpuTimeOfChildren(stat), 1);
});

if (process.platform === "linux") {
  test("another process's CPU time and memory are read from /proc", () => {
    const before = cpuTimeOf(process.pid);
    const end = performance.now() + 100;
    while (performance.now() < end);
    const used = process.cpuUsage();
    const all = (used.user + used.system) / 1e6;
    const read = cpuTimeOf(process.pid);
    assert(read > before && read <= all + 0.02, `${before}, ${read}, ${all}`);
    const stop = watchMemoryOf(process.pid);
    const own = process.memoryUsage().rss / 2 ** 20;
    const most = stop();
    assert(Math.abs(most - own) < own / 2, `${most} of ${own} MiB`);
  });
}
