import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../src/errors.ts";
import {
  formatFields,
  isToken,
  parseFields,
} from "../../../src/http/header_fields.ts";
import { test } from "../../harness.ts";

test("fields are formatted from an object, Headers, or pairs", () => {
  const lines = "a: 1\r\nb: 2\r\n";
  assertEquals(formatFields({ a: "1", b: "2" }), lines);
  assertEquals(formatFields(new Headers({ b: "2", a: "1" })), lines);
  assertEquals(formatFields([["a", "1"], ["b", "2"]]), lines);
  assertEquals(formatFields({}), "");
});

test("a list is a field for each of its values", () => {
  const fields = { a: ["1", "2, 3", ""], b: "4", c: [] };
  assertEquals(formatFields(fields), "a: 1\r\na: 2, 3\r\na: \r\nb: 4\r\n");
});

test("pairs may repeat a name", () => {
  assertEquals(formatFields([["a", "1"], ["a", "2"]]), "a: 1\r\na: 2\r\n");
});

for (const value of ["x\r\ny: z", "x\ny", "x\ry", "x\0y", "€"]) {
  test(`the value ${JSON.stringify(value)} is refused and not shown`, () => {
    const error = assertThrows(
      () => formatFields({ secret: value }),
      TypeError,
      'Cannot send the header "secret"',
    );
    assertFalse(error.message.includes(value));
  });
}

for (const name of ["", " a", "a ", "a:b", "a\r\nb", "a\0", "ä", "(a)"]) {
  test(`the name ${JSON.stringify(name)} is refused`, () => {
    assertFalse(isToken(name));
    assertThrows(() => formatFields({ [name]: "x" }), TypeError, "invalid");
  });
}

test("lines are read, blanks around the value left out", () => {
  const headers = parseFields(["A: 1", "b:2", "c: \t 3 4\t ", "d:", "e: x:y"]);
  const read = ["a", "B", "c", "d", "e"].map((name) => headers.get(name));
  assertEquals(read, ["1", "2", "3 4", "", "x:y"]);
});

test("a repeated name joins its values", () => {
  assertEquals(parseFields(["a: 1", "A: 2"]).get("a"), "1, 2");
});

for (
  const line of [
    "no colon",
    "",
    ": x",
    " folded: x",
    "a : x",
    "(a): x",
    "ä: x",
    "a\0: x",
    "a: x\ry",
    "a: x\0y",
    "a: x\ny",
  ]
) {
  test(`the line ${JSON.stringify(line)} is malformed`, () => {
    assertThrows(() => parseFields(["a: 1", line]), ProtocolError, "malformed");
  });
}
