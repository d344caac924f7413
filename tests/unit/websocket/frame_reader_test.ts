import { assertEquals, assertStrictEquals } from "@std/assert";
import { concatBytes, decodeText, encodeText } from "../../../src/bytes.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import { OPCODE } from "../../../src/websocket/frame.ts";
import { test } from "../../harness.ts";
import { drain, rawFrame, readAll } from "./frames.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const KEY = [1, 2, 3, 250];

/** The text and end of the data events at hand; other events are left out. */
function dataOf(reader: FrameReader): [string, boolean][] {
  const told: [string, boolean][] = [];
  // One object serves for all data events, hence no list of them.
  for (const event of drain(reader)) {
    if (event.type === "data") told.push([decodeText(event.part), event.last]);
  }
  return told;
}

for (const length of [0, 1, 125, 126, 127, 65535, 65536, 70000]) {
  test(`a message of ${length} bytes is read, masked or not`, () => {
    const data = new SeededRandom(length).bytes(length);
    const told = [{ type: "message" as const, data }];
    assertEquals(readAll("client", [rawFrame({ payload: data })]), told);
    assertEquals(
      readAll("server", [rawFrame({ payload: data, key: KEY })]),
      told,
    );
  });
}

test("the parts of a message are views on the chunks, as they come", () => {
  const frame = rawFrame({ payload: "abcdef" });
  const reader = new FrameReader("client");
  const chunks = [frame.slice(0, 4), frame.slice(4, 7), frame.slice(7)];
  const expected = [["ab", false], ["cde", false], ["f", true]] as const;
  chunks.forEach((chunk, i) => {
    reader.feed(chunk);
    const event = reader.next();
    if (event?.type !== "data") throw new Error("no data event");
    assertEquals([decodeText(event.part), event.last], [...expected[i]!]);
    assertStrictEquals(event.part.buffer, chunk.buffer);
    assertEquals(reader.next(), null);
  });
});

test("a message ends with its last fragment, not with its first frame", () => {
  const reader = new FrameReader("client");
  reader.feed(concatBytes([
    rawFrame({ final: false, payload: "ab" }),
    rawFrame({ final: false, opcode: OPCODE.continuation, payload: "" }),
    rawFrame({ final: false, opcode: OPCODE.continuation, payload: "c" }),
    rawFrame({ opcode: OPCODE.continuation, payload: "" }),
    rawFrame({ payload: "next" }),
  ]));
  assertEquals(dataOf(reader), [
    ["ab", false],
    ["c", false],
    ["", true],
    ["next", true],
  ]);
});

test("fragments are joined, with control frames in between", () => {
  const frames = concatBytes([
    rawFrame({ final: false, payload: "ab" }),
    rawFrame({ opcode: OPCODE.ping, payload: "p1" }),
    rawFrame({ final: false, opcode: OPCODE.continuation, payload: "c" }),
    rawFrame({ opcode: OPCODE.pong, payload: "" }),
    rawFrame({ opcode: OPCODE.continuation, payload: "d" }),
    rawFrame({ payload: "e" }),
  ]);
  assertEquals(readAll("client", [frames]), [
    { type: "ping", payload: encodeText("p1") },
    { type: "pong", payload: new Uint8Array(0) },
    { type: "message", data: encodeText("abcd") },
    { type: "message", data: encodeText("e") },
  ]);
});

test("a control frame's payload is a copy of its own", () => {
  const reader = new FrameReader("client");
  const chunk = rawFrame({ opcode: OPCODE.ping, payload: "ping" });
  reader.feed(chunk);
  const event = reader.next();
  chunk.fill(0);
  assertEquals(event, { type: "ping", payload: encodeText("ping") });
});

test("a message whose UTF-8 is split between frames keeps its bytes", () => {
  const text = encodeText("€😀é");
  for (let at = 0; at <= text.byteLength; at++) {
    const frames = concatBytes([
      rawFrame({ final: false, payload: text.subarray(0, at) }),
      rawFrame({ opcode: OPCODE.continuation, payload: text.subarray(at) }),
    ]);
    assertEquals(readAll("client", [frames]), [{
      type: "message",
      data: text,
    }]);
  }
});

test("a close reason whose UTF-8 is split between chunks is read", () => {
  const payload = concatBytes([Uint8Array.of(3, 232), encodeText("€😀")]);
  const frame = rawFrame({ opcode: OPCODE.close, payload });
  for (let at = 0; at <= frame.byteLength; at++) {
    assertEquals(readAll("client", [frame.slice(0, at), frame.slice(at)]), [
      { type: "close", code: 1000, reason: "€😀" },
    ]);
  }
});

test("a Close frame without a payload has code 1005", () => {
  assertEquals(readAll("client", [rawFrame({ opcode: OPCODE.close })]), [
    { type: "close", code: 1005, reason: "" },
  ]);
});

test("after a Close frame nothing is read, and nothing kept", () => {
  const reader = new FrameReader("client");
  reader.feed(concatBytes([
    rawFrame({ opcode: OPCODE.close }),
    rawFrame({ payload: "late" }),
  ]));
  assertEquals(reader.next()?.type, "close");
  reader.feed(rawFrame({ payload: "later" }));
  assertEquals(reader.next(), null);
  assertEquals(reader.buffered, 0);
});

test("the caller may stop between two events and feed on", () => {
  const reader = new FrameReader("client");
  reader.feed(concatBytes([
    rawFrame({ payload: "one" }),
    rawFrame({ payload: "two" }),
  ]));
  assertEquals(reader.buffered, 10);
  reader.next();
  assertEquals(reader.buffered, 5);
  reader.feed(rawFrame({ payload: "three" }));
  assertEquals(reader.buffered, 12);
  assertEquals(dataOf(reader), [["two", true], ["three", true]]);
  assertEquals(reader.buffered, 0);
});

test("midMessage is true inside a frame and between fragments, else false", () => {
  const reader = new FrameReader("client");
  const states: boolean[] = [];
  const chunks = [
    rawFrame({ final: false, payload: "ab" }),
    rawFrame({ opcode: OPCODE.ping, payload: "" }),
    rawFrame({ opcode: OPCODE.continuation, payload: "cd" }).slice(0, 3),
    Uint8Array.of(0x64),
    Uint8Array.of(0x82),
    Uint8Array.of(0x00),
  ];
  for (const chunk of chunks) {
    reader.feed(chunk);
    dataOf(reader);
    states.push(reader.midMessage);
  }
  assertEquals(states, [true, true, true, false, true, false]);
});

test("empty chunks change nothing", () => {
  const empty = new Uint8Array(0);
  const frame = rawFrame({ payload: "x" });
  assertEquals(
    readAll("client", [empty, frame.slice(0, 1), empty, frame.slice(1), empty]),
    [{ type: "message", data: encodeText("x") }],
  );
});
