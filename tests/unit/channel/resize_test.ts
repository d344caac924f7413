import { assertEquals, assertThrows } from "@std/assert";
import { decodeText, encodeText } from "../../../src/bytes.ts";
import {
  checkTerminalSize,
  decodeResize,
  encodeResize,
  type TerminalSize,
} from "../../../src/channel/resize.ts";
import { test } from "../../harness.ts";

test("encodeResize gives compact JSON with the server's names", () => {
  assertEquals(
    decodeText(encodeResize({ width: 120, height: 40 })),
    '{"Width":120,"Height":40}',
  );
});

test("a size may be from 1 to 65535", () => {
  for (
    const size of [{ width: 1, height: 65535 }, { width: 65535, height: 1 }]
  ) {
    checkTerminalSize(size);
    assertEquals(decodeResize(encodeResize(size)), size);
  }
});

for (const value of [0, -1, 65536, 1e9]) {
  test(`a width or height of ${value} is out of range, and named in the message`, () => {
    const message = `got ${value}`;
    assertThrows(
      () => encodeResize({ width: value, height: 1 }),
      RangeError,
      `Cannot resize the terminal: width must be from 1 to 65535, ${message}`,
    );
    assertThrows(
      () => checkTerminalSize({ width: 1, height: value }),
      RangeError,
      `height must be from 1 to 65535, ${message}`,
    );
  });
}

for (const value of [1.5, NaN, Infinity, "80", null, undefined, true, [80]]) {
  test(`a width or height of ${JSON.stringify(value)} (${typeof value}) is no integer`, () => {
    const bad = value as number;
    assertThrows(
      () => checkTerminalSize({ width: bad, height: 1 }),
      TypeError,
      "width must be an integer",
    );
    assertThrows(
      () => encodeResize({ width: 1, height: bad }),
      TypeError,
      "height must be an integer",
    );
  });
}

for (const value of [null, undefined, 80, "80x24", [80, 24]]) {
  test(`a size of ${JSON.stringify(value)} is no size`, () => {
    assertThrows(
      () => checkTerminalSize(value as unknown as TerminalSize),
      TypeError,
      "Cannot resize the terminal",
    );
  });
}

test("decodeResize gives null for what holds no valid size", () => {
  const payloads = [
    "",
    "null",
    "7",
    "{}",
    "{",
    '{"Width":80}',
    '{"width":80,"height":24}',
    '{"Width":0,"Height":24}',
    '{"Width":80,"Height":65536}',
    '{"Width":80,"Height":24.5}',
    '{"Width":"80","Height":24}',
  ];
  for (const payload of payloads) {
    assertEquals(decodeResize(encodeText(payload)), null, payload);
  }
});
