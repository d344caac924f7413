import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ByteBuilder,
  type Bytes,
  decodeText,
  encodeText,
} from "../../../src/bytes.ts";
import { readParts, readPrefix } from "../../../src/transport/read_body.ts";
import { test } from "../../harness.ts";

/** A body of these parts; "broken" fails it, "silent" is never followed. */
function bodyOf(parts: string[], log: string[] = []): ReadableStream<Bytes> {
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part === "broken") controller.error(new Error("broken"));
      else if (part === "silent") return new Promise(() => {});
      else if (part === undefined) controller.close();
      else controller.enqueue(encodeText(part));
    },
    cancel(reason) {
      log.push(
        `cancelled ${reason instanceof Error ? reason.message : reason}`,
      );
    },
  }, { highWaterMark: 0 });
}

async function readBody(
  body: ReadableStream<Bytes>,
  limit: number,
  tooLong: () => Error,
): Promise<Bytes> {
  const bytes = new ByteBuilder();
  await readParts(body, limit, tooLong, (part) => bytes.append(part));
  return bytes.take();
}

const tooLong = () => new RangeError("too long");

test("readParts: every part, in order, up to the limit", async () => {
  const bytes = await readBody(bodyOf(["a", "bc", "d"]), 4, tooLong);
  assertEquals(decodeText(bytes), "abcd");
});

test("readParts: a longer body is cancelled and rejected", async () => {
  const log: string[] = [];
  const body = bodyOf(["abc", "def", "ghi"], log);
  await assertRejects(() => readBody(body, 5, tooLong), RangeError, "too long");
  assertEquals(log, ["cancelled too long"]);
});

test("readParts: a body is cancelled if a part is refused", async () => {
  const log: string[] = [];
  const read = readParts(bodyOf(["a", "b"], log), 5, tooLong, () => {
    throw new SyntaxError("refused");
  });
  await assertRejects(() => read, SyntaxError, "refused");
  assertEquals(log, ["cancelled refused"]);
});

test("readParts: chunks of one byte cost one byte each", async () => {
  const size = 2 ** 20;
  let sent = 0;
  const chunk = new Uint8Array(1);
  const body = new ReadableStream<Bytes>({
    pull(controller) {
      for (let i = 0; i < 4096; i++) controller.enqueue(chunk);
      if ((sent += 4096) >= size) controller.close();
    },
  });
  const bytes = await readBody(body, size, tooLong);
  assertEquals(bytes.byteLength, size);
  assert(bytes.buffer.byteLength <= 2 * size);
}, { shared: true });

test("readPrefix: stops at the limit and cancels the rest", async () => {
  const log: string[] = [];
  const limits = { bytes: 5, time: 1000 };
  const bytes = await readPrefix(bodyOf(["abc", "def", "ghi"], log), limits);
  assertEquals(decodeText(bytes), "abcde");
  assertEquals(log, ["cancelled undefined"]);
});

test("readPrefix: a body that breaks or stalls returns what arrived", async () => {
  const limits = { bytes: 100, time: 20 };
  for (const last of ["broken", "silent"]) {
    const bytes = await readPrefix(bodyOf(["abc", last]), limits);
    assertEquals(decodeText(bytes), "abc");
  }
});
