import { assertEquals, assertThrows } from "@std/assert";
import {
  jsonPatch,
  JsonPatchError,
} from "../../../../../src/testing/api_server/patches/json_patch.ts";
import { test } from "../../../../harness.ts";

// The examples of RFC 6902, appendix A.
const examples: [
  name: string,
  before: unknown,
  patch: unknown[],
  after: unknown,
][] = [
  ["A.1", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], {
    foo: "bar",
    baz: "qux",
  }],
  ["A.2", { foo: ["bar", "baz"] }, [{
    op: "add",
    path: "/foo/1",
    value: "qux",
  }], {
    foo: ["bar", "qux", "baz"],
  }],
  ["A.3", { baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], {
    foo: "bar",
  }],
  ["A.4", { foo: ["bar", "qux", "baz"] }, [{ op: "remove", path: "/foo/1" }], {
    foo: ["bar", "baz"],
  }],
  ["A.5", { baz: "qux" }, [{ op: "replace", path: "/baz", value: "boo" }], {
    baz: "boo",
  }],
  [
    "A.6",
    { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
    [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
    { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
  ],
  [
    "A.7",
    { foo: ["all", "grass", "cows", "eat"] },
    [{ op: "move", from: "/foo/1", path: "/foo/3" }],
    { foo: ["all", "cows", "eat", "grass"] },
  ],
  [
    "A.8",
    { baz: "qux", foo: ["a", 2, "c"] },
    [
      { op: "test", path: "/baz", value: "qux" },
      { op: "test", path: "/foo/1", value: 2 },
    ],
    { baz: "qux", foo: ["a", 2, "c"] },
  ],
  [
    "A.10",
    { foo: "bar" },
    [{ op: "add", path: "/child", value: { grandchild: {} } }],
    { foo: "bar", child: { grandchild: {} } },
  ],
  ["A.14", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], {
    "/": 9,
    "~1": 10,
  }],
  ["A.16", { foo: ["bar"] }, [{ op: "add", path: "/foo/-", value: ["abc"] }], {
    foo: ["bar", ["abc"]],
  }],
  ["the whole", { foo: 1 }, [{ op: "replace", path: "", value: 2 }], 2],
  ["copy", { a: [1] }, [{ op: "copy", from: "/a", path: "/b" }], {
    a: [1],
    b: [1],
  }],
];
for (const [name, before, patch, after] of examples) {
  test(`json patch: ${name}`, () => {
    assertEquals(jsonPatch(before, patch), after);
  });
}

const failures: [name: string, before: unknown, operation: unknown][] = [
  ["A.9: a test that fails", { baz: "qux" }, {
    op: "test",
    path: "/baz",
    value: "bar",
  }],
  ["A.12: a parent that is not there", { foo: "bar" }, {
    op: "add",
    path: "/baz/bat",
    value: "qux",
  }],
  ["A.15: a number is no text", { "~1": 10 }, {
    op: "test",
    path: "/~01",
    value: "10",
  }],
  ["an index beyond the end", { a: [] }, { op: "add", path: "/a/1", value: 1 }],
  ["an index that is none", { a: [1] }, { op: "remove", path: "/a/01" }],
  ["nothing to remove", {}, { op: "remove", path: "/a" }],
  ["nothing to replace", {}, { op: "replace", path: "/a", value: 1 }],
  ["no value", {}, { op: "add", path: "/a" }],
  ["no path", {}, { op: "remove" }],
  ["no such operation", {}, { op: "set", path: "/a", value: 1 }],
  ["no operation at all", {}, 7],
];
for (const [name, before, operation] of failures) {
  test(`json patch, refused: ${name}`, () => {
    assertThrows(() => jsonPatch(before, [operation]), JsonPatchError);
  });
}
