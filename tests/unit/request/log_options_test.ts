import { assertEquals, assertThrows } from "@std/assert";
import { type LogOptions, logQuery } from "../../../src/request/log_options.ts";
import { test } from "../../harness.ts";

/** The parts of the query that are there. */
function query(options: LogOptions): Record<string, unknown> {
  const entries = Object.entries(logQuery(options, "get log"));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

test("log options: only what is asked for is in the query", () => {
  assertEquals(query({}), {});
  assertEquals(
    query({ follow: false, previous: false, timestamps: false }),
    {},
  );
  assertEquals(
    query({
      container: "main",
      follow: true,
      previous: true,
      sinceSeconds: 5,
      tailLines: 0,
      limitBytes: 1,
      timestamps: true,
    }),
    {
      container: "main",
      follow: true,
      previous: true,
      sinceSeconds: 5,
      tailLines: 0,
      limitBytes: 1,
      timestamps: true,
    },
  );
});

test("log options: a time is a date, or RFC 3339 as it is", () => {
  const sinceTime = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  assertEquals(query({ sinceTime }), { sinceTime: "2026-01-02T03:04:05.006Z" });
  for (
    const time of [
      "2026-01-02T03:04:05Z",
      "2026-01-02T03:04:05.123456789Z",
      "2026-01-02T03:04:05+01:00",
    ]
  ) assertEquals(query({ sinceTime: time }), { sinceTime: time });
});

const bad: [options: LogOptions, error: ErrorConstructor, message: string][] = [
  [{ container: "" }, TypeError, "container must be a non-empty string"],
  [
    { sinceSeconds: 0 },
    RangeError,
    "sinceSeconds is 0, not a whole number from 1",
  ],
  [{ tailLines: -1 }, RangeError, "tailLines is -1, not a whole number from 0"],
  [
    { limitBytes: 1.5 },
    RangeError,
    "limitBytes is 1.5, not a whole number from 1",
  ],
  [{ sinceTime: "yesterday" }, RangeError, 'sinceTime is "yesterday"'],
  [{ sinceTime: "2026-01-02" }, RangeError, 'sinceTime is "2026-01-02"'],
  [{ sinceTime: "2026-13-02T03:04:05Z" }, RangeError, "not a time"],
  [{ sinceTime: new Date(NaN) }, RangeError, "not a time in RFC 3339"],
  [
    { sinceTime: new Date(0), sinceSeconds: 1 },
    TypeError,
    "sinceTime and sinceSeconds exclude each other",
  ],
];
for (const [options, error, message] of bad) {
  test(`log options: ${JSON.stringify(options)} is refused`, () => {
    assertThrows(() => logQuery(options, "get log"), error, message);
  });
}
