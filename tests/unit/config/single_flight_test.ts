import { assertEquals } from "@std/assert";
import { SingleFlight } from "../../../src/config/single_flight.ts";
import { test } from "../../harness.ts";
import { rejection, stateOf } from "../../support/async.ts";

/** A task whose runs the test settles. */
function task() {
  const runs: { signal: AbortSignal; end: PromiseWithResolvers<string> }[] = [];
  const shared = new SingleFlight((signal) => {
    const end = Promise.withResolvers<string>();
    runs.push({ signal, end });
    return end.promise;
  });
  return { runs, shared };
}

const forever = new AbortController().signal;

test("SingleFlight: concurrent callers share a result, a later caller gets a new one", async () => {
  const { runs, shared } = task();
  const both = Promise.all([shared.join(forever), shared.join(forever)]);
  runs[0]!.end.resolve("first");
  assertEquals(await both, ["first", "first"]);
  const later = shared.join(forever);
  runs[1]!.end.resolve("second");
  assertEquals(await later, "second");
  assertEquals(runs.length, 2);
  assertEquals(runs.map(({ signal }) => signal.aborted), [false, false]);
});

test("SingleFlight: all callers share a failure, which is not kept", async () => {
  const { runs, shared } = task();
  const both = [1, 2].map(() => rejection(shared.join(forever)));
  const failure = new Error("broken");
  runs[0]!.end.reject(failure);
  assertEquals(await Promise.all(both), [failure, failure]);
  const later = shared.join(forever);
  runs[1]!.end.resolve("mended");
  assertEquals(await later, "mended");
});

test("SingleFlight: a caller that aborts rejects at once, the others keep waiting", async () => {
  const { runs, shared } = task();
  const leaver = new AbortController();
  const left = rejection(shared.join(leaver.signal));
  const stayed = shared.join(forever);
  leaver.abort("enough");
  assertEquals(await left, "enough");
  assertEquals(runs[0]!.signal.aborted, false);
  runs[0]!.end.resolve("done");
  assertEquals(await stayed, "done");
});

test("SingleFlight: when the last caller aborts, so does the task, and the next caller starts a new one", async () => {
  const { runs, shared } = task();
  const leavers = [new AbortController(), new AbortController()];
  const left = leavers.map(({ signal }) => rejection(shared.join(signal)));
  for (const leaver of leavers) leaver.abort("enough");
  assertEquals(await Promise.all(left), ["enough", "enough"]);
  assertEquals(runs[0]!.signal.reason, "enough");
  const next = shared.join(forever);
  runs[0]!.end.reject(runs[0]!.signal.reason);
  runs[1]!.end.resolve("fresh");
  assertEquals(await next, "fresh");
  assertEquals(runs.length, 2);
});

test("SingleFlight: an aborted signal starts nothing", async () => {
  const { runs, shared } = task();
  assertEquals(await rejection(shared.join(AbortSignal.abort("no"))), "no");
  assertEquals(runs.length, 0);
});

test("SingleFlight: close aborts, and waits for abandoned tasks too", async () => {
  const { runs, shared } = task();
  const leaver = new AbortController();
  const left = rejection(shared.join(leaver.signal));
  leaver.abort("enough");
  assertEquals(await left, "enough");
  const waiting = rejection(shared.join(forever), DOMException);
  const closing = shared.close();
  assertEquals(runs.map(({ signal }) => signal.aborted), [true, true]);
  runs[1]!.end.reject(runs[1]!.signal.reason);
  assertEquals(await stateOf(closing), "pending");
  runs[0]!.end.reject(runs[0]!.signal.reason);
  assertEquals(await stateOf(closing), { value: undefined });
  await waiting;
  await shared.close();
});
