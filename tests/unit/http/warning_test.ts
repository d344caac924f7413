import { assert, assertEquals } from "@std/assert";
import { warningTexts } from "../../../src/http/warning.ts";
import { test } from "../../harness.ts";

test("Warning: the texts of an API server, in order", () => {
  for (
    const [value, texts] of [
      [null, []],
      ["", []],
      ['299 - "a"', ["a"]],
      ['299 - "a", 299 - "b, \\"c\\" 299 - \\\\"', ["a", 'b, "c" 299 - \\']],
      ['299 kube-apiserver "old" "Sun, 06 Nov 1994 08:49:37 GMT",299 - "x"', [
        "old",
        "x",
      ]],
      ['299 - ""', [""]],
      ['299 - "ünï \t"', ["ünï \t"]],
      // Of a proxy's cache.
      ['110 proxy "Response is stale", 299 - "a"', ["a"]],
    ] as const
  ) assertEquals(warningTexts(value), [...texts]);
});

test("Warning: what is malformed is left out", () => {
  for (
    const value of [
      "299",
      "299 -",
      "299 - text",
      '299 - "open',
      '299 "a"',
      '2999 - "a"',
      'x299 - "a"',
      '299 - "a" junk',
    ]
  ) assertEquals(warningTexts(value), [], value);
  assertEquals(warningTexts('junk, 299 - "a"'), ["a"]);
});

test("Warning: a long value takes no long", () => {
  for (const part of ["299 - ", '299 - "', '"\\', ", ", '299 - "a", ']) {
    const begun = performance.now();
    warningTexts(part.repeat(100_000));
    assert(performance.now() - begun < 2_000, part);
  }
});
