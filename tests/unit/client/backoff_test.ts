import { Backoff, type DelayRange } from "../../../src/client/backoff.ts";
import { test } from "../../harness.ts";
import { assert } from "@std/assert";

/** That the next waits are these, half of each left to chance. */
function assertWaits(backoff: Backoff, ...most: number[]): void {
  for (const longest of most) {
    const wait = backoff.next();
    assert(wait >= longest / 2 && wait <= longest, `${wait} of ${longest}`);
  }
}

test("backoff: each wait is twice the one before, up to the longest", () => {
  const backoff = new Backoff({ first: 100, longest: 500 });
  assertWaits(backoff, 100, 200, 400, 500, 500);
});

test("backoff: after a success it begins anew", () => {
  const backoff = new Backoff({ first: 100, longest: 500 });
  assertWaits(backoff, 100, 200);
  backoff.reset();
  assertWaits(backoff, 100, 200);
});

test("backoff: a server that asks for more time gets it", () => {
  const backoff = new Backoff({ first: 100, longest: 500 });
  const wait = backoff.next(60_000);
  assert(wait >= 60_000 && wait <= 70_000, `${wait}`);
  assertWaits(backoff, 200);
});

test("backoff: no two clients wait alike", () => {
  const waits = (range: DelayRange, least: number) =>
    Array.from({ length: 5 }, () => new Backoff(range).next(least));
  const own = waits({ first: 1e9, longest: 1e9 }, 0);
  assert(new Set(own).size > 1);
  const asked = waits({ first: 1, longest: 1 }, 1000);
  assert(new Set(asked).size > 1);
  assert(asked.every((wait) => wait >= 1000 && wait <= 1500));
});
