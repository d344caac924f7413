import { assertEquals, assertStrictEquals } from "@std/assert";
import { abortable, onAbort } from "../../src/abortable.ts";
import { test } from "../harness.ts";
import { rejection } from "../support/async.ts";

test("abortable: settles as the promise does, or rejects with the signal's reason", async () => {
  const { signal } = new AbortController();
  assertEquals(await abortable(Promise.resolve(1), signal), 1);
  const failure = new Error("failed");
  assertStrictEquals(
    await rejection(abortable(Promise.reject(failure), signal)),
    failure,
  );
  const controller = new AbortController();
  const reason = new Error("enough");
  let abandoned = 0;
  const waiting = rejection(
    abortable(new Promise(() => {}), controller.signal, () => abandoned++),
  );
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
  assertEquals(abandoned, 1);
});

test("onAbort: at once when the signal has aborted, never after a stop", () => {
  const reasons: unknown[] = [];
  onAbort(AbortSignal.abort("gone"), (reason) => reasons.push(reason));
  const controller = new AbortController();
  const stop = onAbort(controller.signal, (reason) => reasons.push(reason));
  stop();
  controller.abort("late");
  onAbort(null, (reason) => reasons.push(reason))();
  assertEquals(reasons, ["gone"]);
});
