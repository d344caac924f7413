import { assertEquals } from "@std/assert";
import { SendBuffer } from "../../../../src/adapters/web/web_send_buffer.ts";
import { test } from "../../../harness.ts";

test("a stopped send buffer starts no timer, though a cleared one still runs", () => {
  const due: (() => void)[] = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((run: () => void) => due.push(run)) as never;
  try {
    const socket = { readyState: 1, bufferedAmount: 2 ** 21, send: () => {} };
    const buffer = new SendBuffer(socket as never, () => {}, true);
    buffer.send(new Uint8Array(1));
    assertEquals(due.length, 2, "to poll and to nudge");
    buffer.stop();
    for (const run of due.splice(0)) run();
    assertEquals(due.length, 0);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});
