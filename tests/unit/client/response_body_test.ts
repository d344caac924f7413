import { assertEquals, assertRejects } from "@std/assert";
import { type Bytes, decodeText, encodeText } from "../../../src/bytes.ts";
import {
  observeEnd,
  readAll,
  readUpTo,
} from "../../../src/client/response_body.ts";
import { ConnectionLostError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";

const { signal } = new AbortController();

function body(parts: string[], log: string[] = []): ReadableStream<Bytes> {
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part === "broken") controller.error(new Error("broken"));
      else if (part === undefined) controller.close();
      else controller.enqueue(encodeText(part));
    },
    cancel(reason) {
      log.push(`cancelled ${reason}`);
    },
  }, { highWaterMark: 0 });
}

test("readAll: every part, in order", async () => {
  assertEquals(decodeText(await readAll(body(["a", "b", "c"]))), "abc");
});

test("readUpTo: stops at the limit and cancels the rest", async () => {
  const log: string[] = [];
  const bytes = await readUpTo(body(["abc", "def", "ghi"], log), 5);
  assertEquals(decodeText(bytes), "abcde");
  assertEquals(log, ["cancelled undefined"]);
});

test("observeEnd: passes bytes on, and tells of the end once", async () => {
  let ends = 0;
  const observed = observeEnd(body(["a", "b"]), signal, () => ends++);
  assertEquals(decodeText(await readAll(observed)), "ab");
  assertEquals(ends, 1);
});

test("observeEnd: tells of a failure, which is a lost connection on every transport", async () => {
  let ends = 0;
  const observed = observeEnd(body(["a", "broken"]), signal, () => ends++);
  const error = await assertRejects(
    () => readAll(observed),
    ConnectionLostError,
    "broken",
  );
  assertEquals([error.closeCode, ends], [1006, 1]);
});

test("observeEnd: the signal's reason comes before what a transport makes of it", async () => {
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  const observed = observeEnd(body(["a", "broken"]), aborted, () => {});
  assertEquals(await assertRejects(() => readAll(observed)), reason);
});

test("observeEnd: cancelling reaches the source", async () => {
  const log: string[] = [];
  const observed = observeEnd(
    body(["a"], log),
    signal,
    () => log.push("ended"),
  );
  await observed.cancel("enough");
  assertEquals(log, ["ended", "cancelled enough"]);
});
