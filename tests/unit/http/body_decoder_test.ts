import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { BodyDecoder, type BodyFraming } from "../../../src/http/body.ts";
import { test } from "../../harness.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const CHUNKED: BodyFraming = { kind: "chunked" };
const UNTIL_CLOSE: BodyFraming = { kind: "until-close" };
const length = (length: number): BodyFraming => ({ kind: "length", length });

/** What a decoder makes of `chunks`. */
function decode(framing: BodyFraming, chunks: readonly (Bytes | string)[]) {
  const decoder = new BodyDecoder(framing);
  const parts: Bytes[] = [];
  for (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? encodeText(chunk) : chunk;
    decoder.feed(bytes, (part) => parts.push(part));
  }
  return {
    body: concatBytes(parts),
    text: decodeText(concatBytes(parts)),
    parts,
    done: decoder.done,
    rest: decodeText(decoder.rest),
    end: () => decoder.end(),
  };
}

test("a body of a known length ends there, and the rest is kept", () => {
  const { text, done, rest } = decode(length(5), ["he", "llonext", "more"]);
  assertEquals([text, done, rest], ["hello", true, "nextmore"]);
});

test("an empty body is done from the start", () => {
  const { parts, done, rest, end } = decode(length(0), ["next"]);
  assertEquals([parts.length, done, rest], [0, true, "next"]);
  end();
});

test("a body of a known length that is cut off is a ProtocolError", () => {
  const { text, done, end } = decode(length(5), ["hell"]);
  assertEquals([text, done], ["hell", false]);
  assertThrows(end, ProtocolError, "ended before it was complete");
});

test("a body until the close is done when the connection ends", () => {
  const decoder = new BodyDecoder(UNTIL_CLOSE);
  const parts: string[] = [];
  decoder.feed(encodeText("any"), (part) => parts.push(decodeText(part)));
  decoder.feed(encodeText("thing"), (part) => parts.push(decodeText(part)));
  assertEquals(decoder.done, false);
  decoder.end();
  assertEquals([parts, decoder.done], [["any", "thing"], true]);
});

test("parts are views on the chunks and never empty", () => {
  const chunk = encodeText("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  for (const framing of [CHUNKED, length(chunk.length), UNTIL_CLOSE]) {
    const { parts } = decode(framing, [new Uint8Array(0), chunk]);
    for (const part of parts) {
      assertStrictEquals(part.buffer, chunk.buffer);
      assertEquals(part.byteLength > 0, true);
    }
  }
});

test("chunks are joined, and the rest is kept", () => {
  const { text, done, rest, end } = decode(CHUNKED, [
    "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nnext",
  ]);
  assertEquals([text, done, rest], ["hello world", true, "next"]);
  end();
});

test("an empty chunked body is complete", () => {
  const { text, done } = decode(CHUNKED, ["0\r\n\r\n"]);
  assertEquals([text, done], ["", true]);
});

test("chunk sizes are hexadecimal in either case, zeros before them or not", () => {
  const data = "x".repeat(0x1a);
  for (const size of ["1a", "1A", "001a"]) {
    const { text } = decode(CHUNKED, [`${size}\r\n${data}\r\n0\r\n\r\n`]);
    assertEquals(text, data);
  }
  assertEquals(decode(CHUNKED, ["000\r\n\r\n"]).done, true);
});

test("extensions, blanks after the size and trailers are passed over", () => {
  const { text, done, rest } = decode(CHUNKED, [
    '3;a=b;c="d"\r\nabc\r\n2  \r\nde\r\n0;x\r\nT1: v\r\nT2: w\r\n\r\nnext',
  ]);
  assertEquals([text, done, rest], ["abcde", true, "next"]);
});

test("data may look like framing", () => {
  const data = "\r\n0\r\n\r\n";
  const { text, done } = decode(CHUNKED, [`7\r\n${data}\r\n0\r\n\r\n`]);
  assertEquals([text, done], [data, true]);
});

for (
  const text of [
    "",
    "5",
    "5\r\nhel",
    "5\r\nhello",
    "5\r\nhello\r\n",
    "0\r\n",
    "0\r\nT: v\r\n",
    "0\r\n\r",
  ]
) {
  test(`the chunked body ${JSON.stringify(text)} is cut off`, () => {
    const { done, end } = decode(CHUNKED, [text]);
    assertEquals(done, false);
    assertThrows(end, ProtocolError, "ended before it was complete");
  });
}

for (
  const text of [
    "\r\n",
    "x\r\n",
    "-1\r\n",
    ";a\r\n",
    " 5\r\n",
    "5g\r\n",
    "5\n",
    "5\rx",
    "5;a\rx",
    "2\r\nabc",
    "2\r\nab\n",
    "2\r\nab\r\n\r\n",
    "2\r\nab\rx",
    "0\r\n\rx",
    "0\r\nT: v\rx",
    "20000000000000\r\n",
    "f".repeat(30),
    "0".repeat(17000),
    `5;${"x".repeat(17000)}`,
    `0\r\n${"T: v\r\n".repeat(5000)}`,
  ]
) {
  test(`the chunked body ${JSON.stringify(text.slice(0, 30))} (${text.length}) is broken`, () => {
    const message = "its chunked coding is broken";
    assertThrows(() => decode(CHUNKED, [text]), ProtocolError, message);
    assertThrows(() => decode(CHUNKED, [...text]), ProtocolError, message);
  });
}

test("any number of chunks is taken", () => {
  const chunks = "1\r\nx\r\n".repeat(20000);
  const { text, done } = decode(CHUNKED, [chunks, "0\r\n\r\n"]);
  assertEquals([text.length, done], [20000, true]);
});

test("the largest size that fits a number is accepted", () => {
  const { text, done } = decode(CHUNKED, ["1fffffffffffff\r\nabc"]);
  assertEquals([text, done], ["abc", false]);
});

test("every split of a chunked body decodes the same as the whole (300 seeds)", () => {
  for (let seed = 0; seed < 300; seed++) {
    const seeded = new SeededRandom(seed);
    const body = seeded.bytes(seeded.below(400));
    const coded: Bytes[] = [];
    for (const part of seeded.split(body, 90)) {
      if (part.byteLength === 0) continue;
      const extension = seeded.pick(["", ";x", ';y="z"']);
      coded.push(
        encodeText(`${part.byteLength.toString(16)}${extension}\r\n`),
        part,
        encodeText("\r\n"),
      );
    }
    coded.push(encodeText(`0\r\n${seeded.pick(["", "T: v\r\n"])}\r\nrest`));
    const whole = concatBytes(coded);
    for (
      const chunks of [[whole], seeded.split(whole, seeded.pick([1, 5, 60]))]
    ) {
      const told = decode(CHUNKED, chunks);
      assertEquals(told.body, body, `seed ${seed}`);
      assertEquals([told.done, told.rest], [true, "rest"], `seed ${seed}`);
    }
  }
});
