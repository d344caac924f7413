import { assertEquals } from "@std/assert";
import {
  attachedFrom,
  lastAttachedFrom,
  type LogMoment,
} from "../../../../src/api/launch/stitch.ts";
import { encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";

function position(
  log: string,
  stdout: string,
  stderr: string,
  moment: LogMoment,
): number | null {
  const attached = { stdout: encodeText(stdout), stderr: encodeText(stderr) };
  return attachedFrom(encodeText(log), attached, moment);
}

test("a quiet log ends where the whole lines of the attach end", () => {
  assertEquals(position("one\ntwo\n", "two\n", "", "quiet"), 4);
  assertEquals(position("one\ntwo\n", "two\n$ ", "", "quiet"), 4);
  assertEquals(position("one\n", "$ ", "", "quiet"), 4);
  assertEquals(position("", "$ ", "", "quiet"), 0);
  assertEquals(position("tick\ntick\ntick\n", "tick\n", "", "quiet"), 10);
  // It began within a line.
  assertEquals(position("one\ntwo\n", "wo\n", "", "quiet"), 5);
  // The streams are told apart.
  assertEquals(position("a\nb\nc\nd\n", "b\nd\n", "c\n", "quiet"), 2);
});

test("a log that is behind the attach, or ahead of it, does not fit", () => {
  assertEquals(position("one\n", "one\ntwo\n", "", "quiet"), null);
  assertEquals(position("one\ntwo\nthree\n", "one\ntwo\n", "", "quiet"), null);
});

test("while the process writes, only a unique position counts", () => {
  assertEquals(position("1\n2\n3\n", "2\n3\n4\n5\n", "", "busy"), 2);
  assertEquals(position("1\n2\n3\n", "3\n4\n", "2\n2\n", "busy"), null);
  assertEquals(position("1\n2\n3\n", "2\n4\n", "3\n3\n", "busy"), null);
  assertEquals(position("x\nx\nx\n", "x\nx\n", "", "busy"), null);
  assertEquals(position("1\n2\n", "4\n5\n", "", "busy"), null);
  assertEquals(position("1\n2\n", "2", "", "busy"), null);
});

test("no byte is lost of output that repeats itself without a pause", () => {
  const log = encodeText("x\n".repeat(10));
  const attached = {
    stdout: encodeText("x\n".repeat(6)),
    stderr: new Uint8Array(),
  };
  assertEquals(lastAttachedFrom(log, attached, 8), 12);
  const other = { stdout: encodeText("y\n"), stderr: new Uint8Array() };
  assertEquals(lastAttachedFrom(log, other, 2), 18);
  assertEquals(lastAttachedFrom(log, other, 100), 0);
});

test("at the end, a last line without an end may have got one", () => {
  assertEquals(position("one\ntwo", "two", "", "ended"), 4);
  assertEquals(position("one\ntwo\n", "two", "", "ended"), 4);
  assertEquals(position("two\n", "two", "", "ended"), 0);
  assertEquals(position("0\na\ne\nb\n", "a\nb", "e", "ended"), 2);
  assertEquals(position("0\na\nb\ne\n", "a\nb", "e", "ended"), 2);
  assertEquals(position("a\nb\n", "", "", "ended"), 4);
  assertEquals(position("other\n", "two\n", "", "ended"), null);
});

test("every split of random output is found again", () => {
  for (let round = 0; round < 300; round++) {
    // Few different lines, so that many positions nearly fit.
    const lines = Array.from({ length: 12 }, () => ({
      text: "ab".repeat(1 + Math.floor(Math.random() * 2)) + "\n",
      isError: Math.random() < 0.3,
    }));
    const all = lines.map(({ text }) => text).join("");
    const split = Math.floor(Math.random() * lines.length);
    const after = lines.slice(split);
    const textOf = (isError: boolean) =>
      after.filter((line) => line.isError === isError)
        .map(({ text }) => text).join("");
    const expected = lines.slice(0, split).map(({ text }) => text).join("");
    const [stdout, stderr] = [textOf(false), textOf(true)];
    for (const moment of ["quiet", "ended"] as const) {
      const found = position(all, stdout, stderr, moment);
      // Lines of both streams that are the same may hide that it fits.
      if (found !== null) assertEquals(found, expected.length);
      else assertEquals(stderr === "" || stdout === "", false);
    }
  }
});
