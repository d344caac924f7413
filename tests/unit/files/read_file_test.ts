import { assertEquals } from "@std/assert";
import { bytesUpTo } from "../../../src/files/read_file.ts";
import { test } from "../../harness.ts";
import { filled } from "../../support/bytes.ts";

test("bytesUpTo: a stream that goes on for too long is cancelled", async () => {
  for (const [most, length] of [[20, 20], [19, null]] as const) {
    let parts = 0;
    let isCancelled = false;
    const stream = new ReadableStream({
      pull(controller) {
        if (++parts > 2) controller.close();
        else controller.enqueue(filled(10));
      },
      cancel: () => {
        isCancelled = true;
      },
    }, { highWaterMark: 0 });
    const bytes = await bytesUpTo(most, stream);
    assertEquals(bytes?.byteLength ?? null, length);
    assertEquals(isCancelled, length === null);
  }
});
