import { assertEquals } from "@std/assert";
import {
  type TransferProgress,
  TreeProgress,
} from "../../../src/files/progress.ts";
import type { TreeSource } from "../../../src/files/tree_entry.ts";
import { test } from "../../harness.ts";
import { bytesOf, pattern, streamOf } from "../../support/bytes.ts";

test("TreeProgress: counts the bytes of every kind of body, and files only", async () => {
  const told: string[] = [];
  const progress = new TreeProgress((it: TransferProgress) => {
    told.push(`${it.path} ${it.bytes} ${it.total} ${it.files}`);
  });
  const sources: TreeSource[] = [
    { path: "dir", type: "directory" },
    { path: "text", body: "grün" },
    { path: "bytes", body: pattern(7) },
    { path: "blob", body: new Blob(["four"]) },
    { path: "stream", body: streamOf([pattern(10), pattern(20)]), size: 30 },
    { path: "empty" },
  ];
  for (const source of sources) {
    const { body } = progress.watch(source);
    if (body instanceof ReadableStream) {
      await bytesOf(body as ReadableStream<Uint8Array<ArrayBuffer>>);
      progress.tell();
    }
    progress.done(source);
    progress.tell();
    progress.tell();
  }
  progress.finish();
  assertEquals(told, [
    "dir 0 null 0",
    "text 5 null 1",
    "bytes 12 null 2",
    "blob 16 null 3",
    "stream 46 null 3",
    "stream 46 null 4",
    "empty 46 null 5",
    "empty 46 46 5",
  ]);
});

test("TreeProgress: without a listener nothing is read or counted", () => {
  const progress = new TreeProgress(null);
  const body = streamOf([pattern(1)]);
  const source = { path: "a", body, size: 1 };
  assertEquals(progress.watch(source), source);
  assertEquals(body.locked, false);
  progress.done(source);
  progress.finish();
});

test("TreeProgress: a part may be used again when the next is read", async () => {
  const part = new Uint8Array(3);
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next === 5) return controller.close();
      controller.enqueue(part.fill(next++));
    },
  }, { highWaterMark: 0 });
  const progress = new TreeProgress(() => {});
  const watched = progress.watch({ path: "a", body, size: 15 });
  const reader = (watched.body as ReadableStream<Uint8Array>).getReader();
  for (let expected = 0; expected < 5; expected++) {
    const { value } = await reader.read();
    // What would read ahead has the time for it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(value, new Uint8Array(3).fill(expected));
  }
  assertEquals((await reader.read()).done, true);
});
