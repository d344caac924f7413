import { assertEquals } from "@std/assert";
import { readTimedLine } from "../../../../src/api/logs/log_entry.ts";
import { ResumePoint } from "../../../../src/api/logs/resume_point.ts";
import { test } from "../../../harness.ts";

/** What of `lines` is new to the point; each begins with seconds and their fraction. */
function admitted(point: ResumePoint, ...lines: string[]): string[] {
  return lines.filter((line) =>
    point.admit(readTimedLine(`2026-01-01T00:00:${line}`)!)
  );
}

test("timed lines: the time is taken off, the text stays as it is", () => {
  const line = readTimedLine("2026-01-01T00:00:01.5+01:00  two spaces");
  assertEquals(line, {
    line: "2026-01-01T00:00:01.5+01:00  two spaces",
    time: "2026-01-01T00:00:01.5+01:00",
    second: "2026-01-01T00:00:01+01:00",
    epoch: Date.UTC(2025, 11, 31, 23, 0, 1),
    fraction: "500000000",
    text: " two spaces",
  });
  assertEquals(readTimedLine("2026-01-01T00:00:01Z")?.text, "");
  assertEquals(readTimedLine("2026-01-01T00:00:01Z a\rb")?.text, "a\rb");
  assertEquals(readTimedLine("unable to retrieve container logs"), null);
});

test("resume point: null before the first line, then the latest line", () => {
  const point = new ResumePoint();
  assertEquals(point.latest, null);
  admitted(point, "01.1Z a", "03.9Z b", "02.5Z late");
  assertEquals(point.latest?.second, "2026-01-01T00:00:03Z");
});

test("resume point: repeated lines of the latest second are left out", () => {
  const point = new ResumePoint();
  admitted(point, "01.1Z a", "02.1Z b", "02.2Z c", "02.2Z d");
  point.resume();
  assertEquals(
    admitted(point, "02.1Z b", "02.2Z c", "02.2Z d", "02.2Z e", "02.3Z f"),
    ["02.2Z e", "02.3Z f"],
  );
  point.resume();
  assertEquals(
    admitted(point, "02.1Z b", "02.2Z c", "02.2Z d", "02.2Z e", "02.3Z f"),
    [],
  );
  assertEquals(admitted(point, "02.4Z g"), ["02.4Z g"]);
});

test("resume point: a log that was cut off in front loses nothing more", () => {
  const point = new ResumePoint();
  admitted(point, "02.1Z a", "02.2Z b");
  point.resume();
  assertEquals(admitted(point, "02.3Z c", "02.4Z d"), ["02.3Z c", "02.4Z d"]);
});

test("resume point: lines with times out of order are admitted once each", () => {
  const point = new ResumePoint();
  admitted(point, "02.2Z a", "02.1Z b");
  point.resume();
  assertEquals(admitted(point, "02.2Z a", "02.1Z b", "02.15Z c", "03.1Z d"), [
    "02.15Z c",
    "03.1Z d",
  ]);
});

test("resume point: older lines of the first second are left out", () => {
  const point = new ResumePoint();
  admitted(point, "01.97Z g", "01.98Z h", "01.99Z i");
  point.resume();
  assertEquals(
    admitted(
      point,
      "01.1Z a",
      "01.2Z b",
      "01.3Z c",
      "01.97Z g",
      "01.98Z h",
      "01.99Z i",
      "01.995Z j",
    ),
    ["01.995Z j"],
  );
  admitted(point, "02.1Z k");
  point.resume();
  assertEquals(admitted(point, "02.1Z k", "02.2Z l"), ["02.2Z l"]);
});
