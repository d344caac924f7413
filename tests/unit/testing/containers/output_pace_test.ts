import { assertEquals } from "@std/assert";
import { PassThrough } from "node:stream";
import { OutputPace } from "../../../../src/testing/containers/output_pace.ts";
import { delay, eventually } from "../../../support/async.ts";
import { test } from "../../../harness.ts";

/** More than is read between two rests. */
const MUCH = 2 ** 20;

/** A pace whose next rest is due. */
async function tired(): Promise<OutputPace> {
  const pace = new OutputPace();
  await delay(30);
  return pace;
}

test("output pace: a rest pauses a stream, and resumes it", async () => {
  const pace = await tired();
  const stream = new PassThrough();
  await new Promise<void>((resolve) => {
    pace.note(stream, MUCH, resolve);
    assertEquals(stream.isPaused(), true);
  });
});

test("output pace: a stream that ends while it rests leaves no timer", async () => {
  const pace = await tired();
  const resumed: string[] = [];
  const [first, second] = [new PassThrough(), new PassThrough()];
  pace.note(first, MUCH, () => resumed.push("first"));
  pace.forget(first);
  await delay(20);
  assertEquals(resumed, []);

  pace.note(first, MUCH, () => resumed.push("first"));
  pace.note(second, MUCH, () => resumed.push("second"));
  pace.forget(first);
  // Two rests: after a stall, a delay would end between them.
  await eventually(() => resumed.length > 0);
  assertEquals(resumed, ["second"]);
});
