import { assertEquals } from "@std/assert";
import { parseDuration } from "../../../src/cli/flag_values.ts";
import { test } from "../../harness.ts";

test("duration: Go's notation, in milliseconds", () => {
  const durations = {
    "0": 0,
    "0s": 0,
    "5s": 5_000,
    "2m": 120_000,
    "3h": 10_800_000,
    "1h2m3s": 3_723_000,
    "1.5s": 1_500,
    ".5s": 500,
    "1.s": 1_000,
    "250ms": 250,
    "1ms500us": 1.5,
    "2µs": 0.002,
    "1000000ns": 1,
  };
  for (const [text, milliseconds] of Object.entries(durations)) {
    assertEquals(parseDuration(text), milliseconds, text);
  }
});

test("duration: anything else is null", () => {
  for (
    const text of ["", "5", "s", "5x", "5s ", " 5s", "5 s", "-5s", "1d", "5s3"]
  ) assertEquals(parseDuration(text), null, `"${text}"`);
});
