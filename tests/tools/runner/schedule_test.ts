import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { test } from "../../harness.ts";
import { ResultReader } from "./progress.ts";
import { Slots, split } from "./schedule.ts";
import { runTests } from "./suites.ts";

const OUTPUTS = {
  deno: `good ...
------- output -------
hello
----- output end -----
good ... ok (3ms)
bad one ... FAILED (1ms)
absent (skipped: why) ... ignored (0ms)

 ERRORS 

bad one => ./a_test.ts:1:1
bad one ... FAILED (1ms)
`,
  bun: `a_test.ts:
(pass) good [3.11ms]
error: x
(fail) bad one [0.66ms]
(skip) absent (skipped: why)

 1 pass
`,
  node: `✔ good (1.98ms)
✖ bad one (0.6ms)
﹣ absent (skipped: why) (0.07ms) # SKIP
ℹ tests 4

✖ failing tests:

✖ bad one (0.6ms)
`,
};

for (const [runtime, output] of Object.entries(OUTPUTS)) {
  test(`the runner counts the results in the output of ${runtime}`, () => {
    const reader = new ResultReader();
    for (const character of output) reader.add(character);
    assertEquals(reader.counts, { passed: 1, failed: 1, skipped: 1 });
    assertEquals(reader.failures, [{ name: "bad one", error: "" }]);
    assertStringIncludes(reader.last, "absent (skipped: why)");
  });
}

test("the runner kills tests without a result, and names the last", async () => {
  const folder = await Deno.makeTempDir({ prefix: "podwire-" });
  try {
    const file = `${folder}/hangs_test.ts`;
    await Deno.writeTextFile(
      file,
      `Deno.test("ends", () => {});
      Deno.test("hangs", () => { for (;;); });`,
    );
    const results = new ResultReader();
    const { tally, report } = await runTests({
      name: "hangs",
      runtime: "deno",
      files: [file],
      env: {},
      results,
      silence: 3_000,
    });
    assertEquals(tally, { passed: 1, failed: 1, skipped: 0 });
    assertMatch(report, /was killed because no test ended in 3 s\n/);
    assertMatch(report, /The last test that ended: ends\n/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("the runner runs as many tasks at the same time as it has slots", async () => {
  const slots = new Slots(2);
  const log: string[] = [];
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const all = Promise.all(
    gates.map((gate, index) =>
      slots.run(async () => {
        log.push(`starts ${index}`);
        await gate.promise;
        log.push(`ends ${index}`);
      })
    ),
  );
  gates[1]!.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(log, ["starts 0", "starts 1", "ends 1", "starts 2"]);
  for (const gate of gates) gate.resolve();
  await all;
});

test("the runner splits many files into parts, and few not at all", () => {
  assertEquals(split(["a", "b"], 3), [["a", "b"]]);
  const files = Array.from({ length: 50 }, (_, index) => `${index}`);
  const parts = split(files, 3);
  assertEquals(parts.map((part) => part.length), [17, 17, 16]);
  assertEquals(parts.flat().sort(), files.sort());
  assertEquals(split(files, 2).map((part) => part.length), [25, 25]);
  assertEquals(split([], 3), [[]]);
});
