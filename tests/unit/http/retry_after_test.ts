import { assert, assertEquals } from "@std/assert";
import {
  retryAfterOf,
  retryAfterOfStatus,
} from "../../../src/http/retry_after.ts";
import { test } from "../../harness.ts";

function ofHeader(value: string): number | null {
  return retryAfterOf(new Headers({ "retry-after": value }), null);
}

test("Retry-After: whole seconds, or what else is no delay", () => {
  assertEquals(["0", "7", " 12 ", "007"].map(ofHeader), [0, 7000, 12000, 7000]);
  const bad = ["", "-1", "+1", "1.5", "1e3", "0x10", "1 s", "soon", "5, 6"];
  assertEquals(bad.map(ofHeader), bad.map(() => null));
  assert(ofHeader("9".repeat(400))! > 1e300);
});

test("Retry-After: the three forms of an HTTP date, and none that is past", () => {
  const future = [
    "Sun, 06 Nov 2094 08:49:37 GMT",
    "Sun Nov  6 08:49:37 2094",
  ];
  for (const date of future) assert(ofHeader(date)! > 1e12, date);
  const past = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ];
  assertEquals(past.map(ofHeader), [0, 0, 0]);
  const bad = ["2094-11-06", "6 Nov 2094", "Sun", "Sun, 99 Foo 2094"];
  assertEquals(bad.map(ofHeader), bad.map(() => null));
});

test("Retry-After: any text is null or a delay of 0 or more", () => {
  const parts = ["1", "-", "Sun, ", "06 Nov", " 2094 ", ":", "GMT", "e9", "."];
  for (let round = 0; round < 2_000; round++) {
    const length = Math.floor(Math.random() * 6);
    const text = Array.from(
      { length },
      () => parts[Math.floor(Math.random() * parts.length)],
    ).join("");
    const delay = ofHeader(text);
    assert(delay === null || delay >= 0, text);
  }
});

test("Retry-After: the header comes before the Status, whose 0 is none", () => {
  const status = { details: { retryAfterSeconds: 2 } };
  assertEquals(retryAfterOf(new Headers(), status), 2000);
  assertEquals(
    retryAfterOf(new Headers({ "retry-after": "0" }), status),
    0,
  );
  assertEquals(
    retryAfterOf(new Headers({ "retry-after": "soon" }), status),
    2000,
  );
  assertEquals(retryAfterOfStatus({ details: { retryAfterSeconds: 0 } }), null);
  assertEquals(retryAfterOfStatus(null), null);
});
