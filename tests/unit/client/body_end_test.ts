import { assertEquals, assertRejects } from "@std/assert";
import { type Bytes, encodeText } from "../../../src/bytes.ts";
import { onBodyEnd } from "../../../src/client/body_end.ts";
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

test("onBodyEnd: passes bytes on and reports the end once", async () => {
  const ends: unknown[] = [];
  let bytes = 0;
  const observed = onBodyEnd(
    body(["a", "b"]),
    signal,
    (failure) => ends.push(failure),
    (chunk) => bytes += chunk.byteLength,
  );
  assertEquals(await new Response(observed).text(), "ab");
  assertEquals([ends, bytes], [[null], 2]);
});

test("onBodyEnd: reports a failure, which is a ConnectionLostError on every transport", async () => {
  let ends = 0;
  const observed = onBodyEnd(body(["a", "broken"]), signal, () => ends++);
  const error = await assertRejects(
    () => new Response(observed).text(),
    ConnectionLostError,
    "broken",
  );
  assertEquals([error.closeCode, ends], [1006, 1]);
});

test("onBodyEnd: the signal's reason replaces the transport's error", async () => {
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  const observed = onBodyEnd(body(["a", "broken"]), aborted, () => {});
  assertEquals(
    await assertRejects(() => new Response(observed).text()),
    reason,
  );
});

test("onBodyEnd: cancelling reaches the source", async () => {
  const log: string[] = [];
  const observed = onBodyEnd(
    body(["a"], log),
    signal,
    () => log.push("ended"),
  );
  await observed.cancel("enough");
  assertEquals(log, ["ended", "cancelled enough"]);
});
