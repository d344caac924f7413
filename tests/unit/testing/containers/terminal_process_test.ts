import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { decodeText, encodeText } from "../../../../src/bytes.ts";
import { TerminalProcess } from "../../../../src/testing/containers/terminal_process.ts";
import { test } from "../../../harness.ts";

test("a burst of sizes is set in two steps, the last one before the input", async () => {
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
  assertEquals([widths, output], [[100, 149], "after"]);
});
