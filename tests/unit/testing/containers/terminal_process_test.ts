import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { TerminalProcess } from "../../../../src/testing/containers/terminal_process.ts";
import { test } from "../../../harness.ts";

test("a burst of sizes is set in three steps, the last one before the input", async () => {
  const widths: number[] = [];
  const firstSize = Promise.withResolvers<void>();
  const process = new TerminalProcess(
    () => spawn("cat", { stdio: "pipe" }),
    async (_child, { width }) => {
      widths.push(width);
      if (widths.length === 1) await firstSize.promise;
    },
  );
  let output = "";
  process.open({ output: (_, bytes) => output += decodeText(bytes) });
  process.resize({ width: 80, height: 24 });
  for (let width = 100; width < 150; width++) {
    process.resize({ width, height: 24 });
  }
  process.write(encodeText("after"));
  process.endInput();
  assertEquals(widths, [100]);
  firstSize.resolve();
  assertEquals(await process.ended, { exitCode: 0 });
  assertEquals([widths, output], [[100, 101, 149], "after"]);
});

test("a size, one row more, and the same size again are all set", async () => {
  const heights: number[] = [];
  const process = new TerminalProcess(
    () => spawn("cat", { stdio: "pipe" }),
    (_child, { height }) => {
      heights.push(height);
      return Promise.resolve();
    },
  );
  process.open({ output: () => {} });
  process.resize({ width: 80, height: 20 });
  for (const height of [24, 25, 24]) process.resize({ width: 80, height });
  process.endInput();
  await process.ended;
  assertEquals(heights, [24, 25, 24]);
});
