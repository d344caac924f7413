import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../src/websocket/frame_writer.ts";
import { OPCODE } from "../../../src/websocket/frame.ts";
import { test } from "../../harness.ts";
import { rawFrame } from "./frames.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

/** The key of a frame whose header is `header` bytes long, key included. */
function keyOf(frame: Uint8Array, header: number): number[] {
  return [...frame.subarray(header - 4, header)];
}

const HEADERS = [
  [0, 6],
  [1, 6],
  [125, 6],
  [126, 8],
  [127, 8],
  [65535, 8],
  [65536, 14],
  [70001, 14],
] as const;

for (const [length, header] of HEADERS) {
  test(`a message of ${length} bytes is one masked frame with its shortest length`, () => {
    const payload = new SeededRandom(length).bytes(length);
    const frame = encodeMessage([payload], "client");
    const expected = rawFrame({ payload, key: keyOf(frame, header) });
    assertEquals(frame, expected);
  });

  test(`a server's message of ${length} bytes is not masked`, () => {
    const payload = new SeededRandom(length).bytes(length);
    assertEquals(encodeMessage([payload], "server"), rawFrame({ payload }));
  });
}

test("parts go into one frame, empty ones too", () => {
  const seeded = new SeededRandom(3);
  const parts = [0, 1, 5, 0, 200, 3].map((length) => seeded.bytes(length));
  const payload = concatBytes(parts);
  assertEquals(encodeMessage(parts, "server"), rawFrame({ payload }));
  const frame = encodeMessage(parts, "client");
  assertEquals(frame, rawFrame({ payload, key: keyOf(frame, 8) }));
});

test("a frame fills memory that was used before, at any alignment", () => {
  for (const [length, header] of HEADERS) {
    for (let alignment = 0; alignment < 4; alignment++) {
      const payload = new SeededRandom(length).bytes(length);
      const used = new Uint8Array(alignment + header + length + 5).fill(0xaa);
      const frame = encodeMessage(
        [payload],
        "client",
        (size) => used.subarray(alignment, alignment + size),
      );
      const expected = rawFrame({ payload, key: keyOf(frame, header) });
      assertEquals(frame, expected);
      const around = [...used.subarray(0, alignment), ...used.subarray(-5)];
      assertEquals(around, around.map(() => 0xaa));
    }
  }
});

test("no parts make an empty message", () => {
  assertEquals(encodeMessage([], "server"), Uint8Array.of(0x82, 0));
});

test("the caller's bytes never change and are not shared", () => {
  for (const role of ["client", "server"] as const) {
    for (let alignment = 0; alignment < 4; alignment++) {
      const buffer = new SeededRandom(4).bytes(100);
      const before = new Uint8Array(buffer);
      const frame = encodeMessage([buffer.subarray(alignment, 90)], role);
      frame.fill(0);
      assertEquals(buffer, before);
    }
  }
});

test("two messages have two keys", () => {
  // Three frames: two equal keys among them have a chance of one in 2^30.
  const frames = [1, 2, 3].map(() =>
    encodeMessage([new Uint8Array(8)], "client")
  );
  const keys = new Set(frames.map((frame) => keyOf(frame, 6).join()));
  assertNotEquals(keys.size, 1);
});

test("a control frame carries its opcode and payload", () => {
  const payload = new SeededRandom(5).bytes(125);
  for (const opcode of [OPCODE.close, OPCODE.ping, OPCODE.pong]) {
    assertEquals(
      encodeControl(opcode, payload, "server"),
      rawFrame({ opcode, payload }),
    );
    const frame = encodeControl(opcode, payload, "client");
    const key = keyOf(frame, 6);
    assertEquals(frame, rawFrame({ opcode, payload, key }));
  }
});

test("a control frame of more than 125 bytes is refused", () => {
  assertThrows(
    () => encodeControl(OPCODE.ping, new Uint8Array(126), "client"),
    RangeError,
    "126 bytes are more than 125",
  );
});
