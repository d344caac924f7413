import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import {
  type ContentSource,
  contentSource,
  type FileContent,
} from "../../../src/files/content.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { pattern, sameBytes, streamOf } from "../../support/bytes.ts";

async function partsOf(source: ContentSource): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let part; (part = await source.next()) !== null;) parts.push(part);
  return parts;
}

test("contentSource: every kind of content gives its bytes, in bounded parts", async () => {
  const bytes = pattern(2_500_000);
  async function* iterable() {
    yield bytes.subarray(0, 1_000);
    await Promise.resolve();
    yield bytes.subarray(1_000);
  }
  const contents: [FileContent, number | null][] = [
    [bytes, bytes.byteLength],
    [new DataView(bytes.buffer) as never, bytes.byteLength],
    [new Blob([bytes]), bytes.byteLength],
    [streamOf([bytes.slice(0, 9), bytes.slice(9)]), null],
    [iterable(), null],
  ];
  for (const [content, size] of contents) {
    const source = contentSource(content, "write");
    assertEquals(source.size, size);
    const parts = await partsOf(source);
    assert(sameBytes(concatBytes(parts), bytes));
    if (content === bytes) assertEquals(parts.length, 3);
    assertEquals(await source.next(), null);
  }
});

test("contentSource: what is no content is a TypeError before anything is sent", () => {
  const locked = streamOf([pattern(1)]);
  locked.getReader();
  for (const content of [null, undefined, 7, {}, [], locked, "\ud800"]) {
    const error = assertThrows(
      () => contentSource(content as never, "write file"),
      TypeError,
    );
    assert(error.message.startsWith("Cannot write file: the content "));
  }
});

test("contentSource: a chunk that is not bytes is an error, a cancel reaches the source", async () => {
  const text = contentSource(streamOf(["text"]) as never, "write");
  assertEquals(
    (await rejection<TypeError>(text.next(), TypeError)).message,
    "Cannot write to a file: a chunk is a string, not bytes",
  );
  let reason: unknown;
  const stream = new ReadableStream<Uint8Array>({
    cancel: (given) => void (reason = given),
  });
  contentSource(stream, "write").cancel("enough");
  assertEquals(reason, "enough");
  let isEnded = false;
  async function* iterable() {
    try {
      yield pattern(1);
      await Promise.resolve();
      yield pattern(1);
    } finally {
      isEnded = true;
    }
  }
  const source = contentSource(iterable(), "write");
  await source.next();
  source.cancel(null);
  await new Promise((resolve) => setTimeout(resolve));
  assert(isEnded);
});
