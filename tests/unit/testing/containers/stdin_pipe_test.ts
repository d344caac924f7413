import { assertEquals } from "@std/assert";
import { Writable } from "node:stream";
import { encodeText } from "../../../../src/bytes.ts";
import { StdinPipe } from "../../../../src/testing/containers/stdin_pipe.ts";
import { test } from "../../../harness.ts";

/** Calls back in tasks; `onWritten` is called behind the microtasks of each. */
function slowPipe(events: string[]): Writable {
  return new Writable({
    highWaterMark: 1,
    write(chunk: Uint8Array, _encoding, callback) {
      setTimeout(() => {
        events.push(`wrote ${chunk.byteLength}`);
        callback();
        // All that a callback and its microtasks do comes before this.
        queueMicrotask(() =>
          queueMicrotask(() => queueMicrotask(() => events.push("returned")))
        );
      });
    },
    final(callback) {
      events.push("ended");
      callback();
    },
  });
}

// In Bun 1.3 the last bytes of 2 MB got lost in one of 14 processes.
test("stdin is closed in a turn of its own, behind all that was written", async () => {
  const events: string[] = [];
  const stream = slowPipe(events);
  const closed = new Promise((resolve) => stream.once("close", resolve));
  const pipe = new StdinPipe(stream);
  pipe.write(encodeText("first"));
  pipe.write(encodeText("last"));
  pipe.end();
  pipe.end();
  assertEquals(events, []);
  await closed;
  assertEquals(events, [
    "wrote 5",
    "returned",
    "wrote 4",
    "returned",
    "ended",
  ]);
});
