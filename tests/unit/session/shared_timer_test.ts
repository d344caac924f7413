import { assert, assertEquals } from "@std/assert";
import {
  SharedTimer,
  type TimedTask,
} from "../../../src/session/shared_timer.ts";
import { test } from "../../harness.ts";
import { delay, eventually } from "../../support/async.ts";

/** A task that notes its runs. */
function task(
  log: string[],
  name: string,
  after: number,
  more: () => void = () => {},
): TimedTask & { due: number } {
  return {
    due: performance.now() + after,
    run(now) {
      assert(now >= this.due, "it is not due yet");
      log.push(name);
      more();
    },
  };
}

test("shared timer: tasks run in the order of their times, once each", async () => {
  const timer = new SharedTimer();
  const log: string[] = [];
  timer.add(task(log, "third", 60));
  timer.add(task(log, "first", 0));
  timer.add(task(log, "second", 30));
  await eventually(() => log.length === 3);
  await delay(20);
  assertEquals(log, ["first", "second", "third"]);
});

test("shared timer: a removed task does not run, and its neighbours do", async () => {
  const timer = new SharedTimer();
  const log: string[] = [];
  const tasks = ["a", "b", "c", "d"].map((name) => task(log, name, 30));
  // At the same time.
  for (const each of tasks) each.due = tasks[0]!.due;
  for (const each of tasks) timer.add(each);
  timer.remove(tasks[1]!);
  timer.remove(tasks[1]!);
  await eventually(() => log.length === 3);
  await delay(20);
  assertEquals(log.toSorted(), ["a", "c", "d"]);
});

test("shared timer: a task may add itself again, and remove another", async () => {
  const timer = new SharedTimer();
  const log: string[] = [];
  const other = task(log, "other", 10);
  const again = task(log, "again", 10, () => {
    timer.remove(other);
    if (log.length === 3) return;
    again.due = performance.now() + 5;
    timer.add(again);
  });
  other.due = again.due + 0.001;
  timer.add(other);
  timer.add(again);
  await eventually(() => log.length === 3);
  await delay(20);
  assertEquals(log, ["again", "again", "again"]);
});

test("shared timer: a task that is due earlier does not wait for the others", async () => {
  const timer = new SharedTimer();
  const log: string[] = [];
  const late = task(log, "late", 60_000);
  timer.add(late);
  timer.add(task(log, "early", 5));
  await eventually(() => log.length === 1);
  timer.remove(late);
  assertEquals(log, ["early"]);
});
