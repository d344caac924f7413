import { assertEquals, assertRejects } from "@std/assert";
import { BYTE_LINES, readLines } from "../../../src/streams/read_lines.ts";
import { type Bytes, encodeLatin1, encodeText } from "../../../src/bytes.ts";
import { BufferOverflowError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeBody } from "../../support/fake_body.ts";

const { signal } = new AbortController();

/** The lines of a body, and what is left at its end. */
async function read(...parts: (string | Bytes)[]) {
  const source = new ReadableStream<Bytes>({
    start(controller) {
      for (const part of parts) {
        const bytes = typeof part === "string" ? encodeText(part) : part;
        controller.enqueue(bytes);
      }
      controller.close();
    },
  });
  const lines = readLines(source, "read");
  const whole: string[] = [];
  while (true) {
    const { done, value } = await lines.next();
    if (done) return { whole, rest: value };
    whole.push(value);
  }
}

test("lines: wherever the parts begin and end", async () => {
  const expected = { whole: ["one", "", "three"], rest: "fo" };
  assertEquals(await read("one\n\nthree\nfo"), expected);
  assertEquals(await read(..."one\n\nthree\nfo"), expected);
  assertEquals(await read("one", "\n", "\nth", "ree\n", "f", "o"), expected);
  assertEquals(await read(), { whole: [], rest: "" });
});

test("lines: characters that are split between two parts", async () => {
  const bytes = encodeText("größe\n");
  const parts = Array.from(bytes, (byte) => new Uint8Array([byte]));
  assertEquals(await read(...parts), { whole: ["größe"], rest: "" });
});

test("lines: as bytes, with their ends", async () => {
  for (const size of [1, 3, 10_000]) {
    const bytes = Uint8Array.from(
      { length: 20_000 },
      (_, index) => index % 259 === 0 ? 10 : index % 256,
    );
    const source = new ReadableStream<Bytes>({
      start(controller) {
        for (let start = 0; start < bytes.byteLength; start += size) {
          controller.enqueue(bytes.slice(start, start + size));
        }
        controller.close();
      },
    });
    const lines = readLines(source, "read", BYTE_LINES);
    let text = "";
    let line = await lines.next();
    for (; !line.done; line = await lines.next()) {
      assertEquals(line.value.indexOf("\n"), line.value.length - 1);
      text += line.value;
    }
    assertEquals(encodeLatin1(text + line.value), bytes);
  }
});

test("lines: the body is read no further than requested", async () => {
  const body = new FakeBody();
  const lines = readLines(body.answer(signal).body, "read");
  body.write("one\ntwo\n");
  assertEquals((await lines.next()).value, "one");
  const { pulls } = body;
  assertEquals((await lines.next()).value, "two");
  assertEquals(body.pulls, pulls);
  await lines.return("");
});

test("lines: leaving cancels the body", async () => {
  const body = new FakeBody();
  body.write("one\n");
  for await (const line of readLines(body.answer(signal).body, "read")) {
    assertEquals(line, "one");
    break;
  }
  await body.released;
});

test("lines: a failure comes after the lines before it", async () => {
  const body = new FakeBody();
  const lines = readLines(body.answer(signal).body, "read");
  body.write("one\ntw");
  assertEquals((await lines.next()).value, "one");
  body.fail(new Error("broken"));
  await assertRejects(() => lines.next(), Error, "broken");
});

test("lines: CR LF ends a line, CR alone does not", async () => {
  const expected = { whole: ["one", "t\rwo", ""], rest: "thr\r" };
  assertEquals(await read("one\r\nt\rwo\r\n\r\nthr\r"), expected);
  assertEquals(await read(..."one\r\nt\rwo\r\n\r\nthr\r"), expected);
});

test("lines: a line without end is bounded", async () => {
  const endless = () =>
    new ReadableStream<Bytes>({
      pull: (controller) => controller.enqueue(new Uint8Array(64).fill(97)),
    });
  const error = await assertRejects(
    () => readLines(endless(), "read", { ...BYTE_LINES, longest: 1000 }).next(),
    BufferOverflowError,
    "Cannot read: a line is longer than 1000 bytes",
  );
  assertEquals([error.channel, error.limit], [null, 1000]);
  const whole = new Response("a".repeat(1001) + "\n").body!;
  await assertRejects(
    () =>
      readLines(whole as ReadableStream<Bytes>, "read", {
        ...BYTE_LINES,
        longest: 1000,
      }).next(),
    BufferOverflowError,
  );
});
