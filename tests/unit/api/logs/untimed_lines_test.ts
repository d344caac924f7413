import { assertEquals } from "@std/assert";
import { UntimedLines } from "../../../../src/api/logs/untimed_lines.ts";
import { test } from "../../../harness.ts";

test("the first line of a part of a log counts once another shows that it is one", () => {
  const whole = new UntimedLines(false);
  assertEquals(whole.take("one", false), ["one"]);

  const withoutTimes = new UntimedLines(true);
  assertEquals(withoutTimes.take("one", false), []);
  assertEquals(withoutTimes.held, "one");
  assertEquals(withoutTimes.take("two", false), ["one", "two"]);
  assertEquals(withoutTimes.held, null);

  const withTimes = new UntimedLines(true);
  assertEquals(withTimes.take("the rest of a line", true), []);
  assertEquals(withTimes.take("a text", true), ["a text"]);

  const followed = new UntimedLines(true);
  assertEquals(followed.take("the rest of a line", false), []);
  followed.timed();
  assertEquals(followed.held, null);
  assertEquals(followed.take("a text", false), ["a text"]);
});
