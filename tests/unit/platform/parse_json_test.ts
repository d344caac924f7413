import { assertEquals, assertThrows } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { parseJson } from "../../../src/platform/parse_json.ts";
import { test } from "../../harness.ts";

const TEXTS = [
  "5",
  "-0",
  "1e400",
  "12345678901234567890",
  "null",
  '"text"',
  '"\\u00e9\\ud800"',
  '"é€😀\u2028\x7f"',
  "[]",
  ' {"a":\n1}\r\n\t',
  '\n{"a":1}',
  '{"a":1,"a":2}',
  '{"1":1,"0":2,"b":3}',
  '{"constructor":1,"toString":2,"length":3,"a\\u0000":4}',
  `${"[".repeat(2_000)}${"]".repeat(2_000)}`,
];

/** A parser of lines takes some of them. */
const BROKEN = [
  "",
  " ",
  "nul",
  "undefined",
  "truefalse",
  "1 2",
  "1\n2",
  "01",
  '{"a":1}\n{"b":2}',
  '{"a":1}{"b":2}',
  '{"a":1}\n{"b"',
  '{"a":1}x',
  '{"a":',
  "[1,2",
  '{"a":1,}',
  "{'a':1}",
  '{"a":NaN}',
  '{"a":"\x01"}',
  '"line\nbreak"',
  "// none\n{}",
  "\f{}",
  '\ufeff{"a":1}',
];

test("parseJson: the value is that of JSON.parse", () => {
  for (const text of TEXTS) {
    assertEquals(parseJson(encodeText(text)), JSON.parse(text), text);
  }
  const value = parseJson(encodeText('{"__proto__":{"x":1}}')) as object;
  assertEquals(Object.keys(value), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
});

test("parseJson: what JSON.parse refuses is a SyntaxError", () => {
  for (const text of BROKEN) {
    assertThrows(() => JSON.parse(text), SyntaxError);
    assertThrows(() => parseJson(encodeText(text)), SyntaxError, "", text);
  }
});

test("parseJson: bytes that are no UTF-8 become U+FFFD", () => {
  const bytes = Uint8Array.of(0x22, 0xff, 0x61, 0xc3, 0x22);
  assertEquals(parseJson(bytes), "\ufffda\ufffd");
});

test("parseJson: parses a view, and only it", () => {
  const bytes = encodeText('[1]{"a":"b"}[2]');
  assertEquals(parseJson(bytes.subarray(3, 12)), { a: "b" });
});
