import { assert, assertEquals, assertThrows } from "@std/assert";
import { ListParser } from "../../../../src/api/verbs/list_parser.ts";
import { encodeText } from "../../../../src/bytes.ts";
import { test } from "../../../harness.ts";
import { SeededRandom } from "../../../support/seeded_random.ts";

/** Parses `text` in parts that end where `cut` says. */
function parse(text: string, cut: (at: number) => boolean): unknown {
  const parser = new ListParser();
  const bytes = encodeText(text);
  let from = 0;
  for (let at = 1; at <= bytes.byteLength; at++) {
    if (at < bytes.byteLength && !cut(at)) continue;
    parser.feed(bytes.slice(from, at));
    from = at;
  }
  return parser.end();
}

const never = () => false;
const always = () => true;

/** The value of `text`, or null if it is not JSON. */
function valueOf(parser: () => unknown): { value: unknown } | null {
  try {
    return { value: parser() };
  } catch (error) {
    assert(error instanceof SyntaxError, `${error}`);
    return null;
  }
}

const TEXTS = [
  '{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[{"a":1},{"b":[1,{"c":"]}"}]}]}',
  '{"items":[],"kind":"PodList"}',
  '{"items":null}',
  '{ "items" : [ ] , "x" : [ 1 , [ ] ] }',
  '{"items":[1,"a,b",null,[2,3],{},"\\\\","\\"",-1.5e3,true]}',
  '{"items":["\\u00e9é😀",{"items":[1,2,{"items":[]}]}]}',
  '{"other":[{"items":[1]}],"metadata":{"items":[2]},"items":[3]}',
  '{"items":[1,2],"items":[3]}',
  '{"items":[1],"items":5}',
  '{"x\\"items":[1],"items":[2]}',
  '{"x":"items","items":[1]}',
  '{"a":"\\"items\\":[","items":[1]}',
  '[{"items":[1]}]',
  '["items",[1]]',
  '"items"',
  "5",
  '{"items":[[],[[]]]}',
  '{"items":[{}]}   ',
  `{"items"${" ".repeat(400)}:[1,2]}`,
  '\ufeff{"items":[1]}',
];

const BROKEN = [
  "",
  "{",
  '{"items":[',
  '{"items":[1',
  '{"items":[1]',
  '{"items":[1,]}',
  '{"items":[,1]}',
  '{"items":[1 2]}',
  '{"items":[ , ]}',
  '{"items":[{"a":1]}',
  '{"items":[{"a":1]}]}',
  '{"items":[1}}',
  '{"items":[1}]}',
  '{"items":["a]}',
  '{"items":[1]}}',
  '{"items":[1]} x',
  '{"items":[\ufeff1]}',
  '{"items":["a\nb"]}',
  "}{",
  "]",
];

test("list parser: the value is that of JSON.parse, however the text is cut", () => {
  for (const text of TEXTS) {
    const expected = JSON.parse(text.replace(/^\ufeff/, ""));
    assertEquals(parse(text, never), expected, text);
    assertEquals(parse(text, always), expected, text);
    const names = Object.keys(parse(text, always) as object);
    assertEquals(names, Object.keys(expected), text);
  }
});

test("list parser: what is not JSON is a SyntaxError", () => {
  for (const text of BROKEN) {
    assertThrows(() => JSON.parse(text));
    assertThrows(() => parse(text, never), SyntaxError);
    assertThrows(() => parse(text, always), SyntaxError);
  }
});

test("list parser: random texts and random damage are as with JSON.parse", () => {
  const random = new SeededRandom(1);
  const pick: typeof random.pick = (choices) => random.pick(choices);
  const value = (depth: number): unknown => {
    const kind = depth > 3 ? pick([0, 1, 2]) : pick([0, 1, 2, 3, 4]);
    const count = random.below(4);
    const list = () => Array.from({ length: count }, () => value(depth + 1));
    switch (kind) {
      case 0:
        return pick([0, -1, 1.5, true, false, null]);
      case 1:
        return pick([
          "",
          "items",
          '"items":[',
          "]}",
          "\\",
          '"',
          "é😀",
          ",",
          "a",
        ]);
      case 2:
        return pick(["x", { items: [] }, [], {}]);
      case 3:
        return list();
      default:
        return Object.fromEntries(
          list().map((
            item,
          ) => [pick(["items", "a", 'b"', "c\\", "items "]), item]),
        );
    }
  };
  for (let round = 0; round < 5_000; round++) {
    const whole = { kind: value(2), items: [value(1), value(1)], a: value(1) };
    let text = JSON.stringify(pick([whole, value(0)]), null, pick([0, 0, 1]));
    if (random.below(2) === 0) {
      const at = random.below(text.length);
      const damage = pick(["", "]", "}", "[", "{", '"', ",", "\\", ":", " "]);
      const rest = text.slice(at + pick([0, 1]));
      text = `${text.slice(0, at)}${damage}${rest}`.toWellFormed();
    }
    const expected = valueOf(() => JSON.parse(text));
    const actual = valueOf(() => parse(text, () => random.below(5) === 0));
    assertEquals(actual, expected, text);
  }
});

test("list parser: the text beside the items may be long", () => {
  const part = '"a":[],'.repeat(200_000);
  const text = `{${part}"items":[{}]}`;
  const start = performance.now();
  assertEquals((parse(text, never) as { items: unknown[] }).items, [{}]);
  assert(performance.now() - start < 5_000);
});
