import { assert, assertEquals } from "@std/assert";
import { Backoff } from "../../../../src/api/watch/backoff.ts";
import { test } from "../../../harness.ts";

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
  assertEquals(backoff.next(60_000), 60_000);
  assertWaits(backoff, 200);
});

test("backoff: no two clients wait alike", () => {
  const waits = Array.from(
    { length: 5 },
    () => new Backoff({ first: 1e9, longest: 1e9 }).next(),
  );
  assert(new Set(waits).size > 1);
});
