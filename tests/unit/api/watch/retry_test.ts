import {
  lastingFailure,
  markCredentialsFailure,
} from "../../../../src/config/credentials.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import {
  Backoff,
  isTransient,
  sleep,
} from "../../../../src/api/watch/retry.ts";
import { test } from "../../../harness.ts";
import { assert, assertEquals } from "@std/assert";

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

test("sleep: the signal's reason ends it, before and while it waits", async () => {
  const controller = new AbortController();
  const waiting = sleep(60_000, controller.signal);
  controller.abort("enough");
  for (const asleep of [waiting, sleep(60_000, controller.signal)]) {
    assertEquals(await asleep.catch((reason) => reason), "enough");
  }
});

test("sleep: it ends by itself, and lets go of the signal", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => {
    listeners.add(listener);
  };
  signal.removeEventListener = (_: string, listener: unknown) => {
    assert(listeners.delete(listener));
  };
  await sleep(1, signal);
  assertEquals(listeners.size, 0);
});

test("isTransient: credentials may come back, a wrong configuration stays", () => {
  const message = "Cannot run the plugin";
  const passing = markCredentialsFailure(new ConfigurationError(message));
  const lasting = markCredentialsFailure(lastingFailure(message));
  assertEquals(
    [passing, lasting, new ConfigurationError(message)].map(isTransient),
    [true, false, false],
  );
});
