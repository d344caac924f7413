import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import { readFile } from "node:fs/promises";
import { workloads } from "./workloads.ts";

const READERS: Record<string, RegExp> = {
  "client_go/main.go": /^\t\w+ +int +`json:"(\w+)"`/gm,
  "python/workloads.py": /numbers\["(\w+)"\]/g,
};

test("clients in other languages read numbers that the plan has", async () => {
  const known = new Set(
    workloads.flatMap(({ numbers }) => Object.keys(numbers(1))),
  );
  for (const [path, pattern] of Object.entries(READERS)) {
    const file = new URL(`tests/bench/contenders/${path}`, root);
    const text = await readFile(file, "utf8");
    const read = [...text.matchAll(pattern)].map(([, name]) => name!);
    assert(read.length > 5, `${path} reads ${read.length} numbers`);
    assertEquals(read.filter((name) => !known.has(name)), []);
  }
});
