import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import { OPCODE, type Role } from "../../../src/websocket/frame.ts";
import { test } from "../../harness.ts";
import { drain, rawFrame, readAll } from "./frames.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const KEY = [9, 8, 7, 6];
const { continuation, text, close, ping, pong } = OPCODE;

interface Malformed {
  readonly title: string;
  readonly bytes: Bytes;
  readonly message: string;
  readonly role?: Role;
}

const header = (...bytes: number[]) => Uint8Array.from(bytes);
const closing = (...payload: number[]) =>
  rawFrame({ opcode: close, payload: Uint8Array.from(payload) });

const MALFORMED: Malformed[] = [
  ...[1, 2, 4, 7].map((reserved) => ({
    title: `reserved bits ${reserved}`,
    bytes: rawFrame({ reserved, payload: "x" }),
    message: "reserved bits",
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    title: `the reserved opcode ${opcode}`,
    bytes: rawFrame({ opcode, payload: "x" }),
    message: `opcode ${opcode} is reserved`,
  })),
  {
    title: "a text frame",
    bytes: rawFrame({ opcode: text, payload: "hello" }),
    message: 'it is a text frame, "hello"',
  },
  {
    title: "an empty text frame",
    bytes: rawFrame({ opcode: text, payload: "" }),
    message: "it is a text frame",
  },
  {
    title: "a long text frame",
    bytes: rawFrame({ opcode: text, payload: "x".repeat(70_000) }),
    message: `it is a text frame, "${"x".repeat(200)}"`,
  },
  {
    title: "a text frame with control characters",
    bytes: rawFrame({ opcode: text, payload: "a\x1b[2Jb\nc" }),
    message: 'it is a text frame, "ab c"',
  },
  {
    title: "a text frame inside a message",
    bytes: concatBytes([
      rawFrame({ final: false, payload: "a" }),
      rawFrame({ opcode: text, payload: "b" }),
    ]),
    message: "text frame",
  },
  {
    title: "a masked frame from a server",
    bytes: rawFrame({ payload: "x", key: KEY }),
    message: "it is masked",
  },
  {
    title: "an unmasked frame from a client",
    bytes: rawFrame({ payload: "x" }),
    message: "it is not masked",
    role: "server",
  },
  ...[close, ping, pong].map((opcode) => ({
    title: `a fragmented control frame ${opcode}`,
    bytes: rawFrame({ opcode, final: false }),
    message: "a control frame is fragmented",
  })),
  ...[close, ping, pong].map((opcode) => ({
    title: `a control frame ${opcode} of 126 bytes`,
    bytes: rawFrame({ opcode, payload: new Uint8Array(126) }),
    message: "longer than 125 bytes",
  })),
  {
    title: "a control frame of 65536 bytes",
    bytes: rawFrame({ opcode: ping, payload: new Uint8Array(65536) }),
    message: "longer than 125 bytes",
  },
  {
    title: "a continuation of nothing",
    bytes: rawFrame({ opcode: continuation, payload: "x" }),
    message: "no message to continue",
  },
  {
    title: "a continuation of a complete message",
    bytes: concatBytes([
      rawFrame({ final: false, payload: "a" }),
      rawFrame({ opcode: continuation, payload: "b" }),
      rawFrame({ opcode: continuation, payload: "c" }),
    ]),
    message: "no message to continue",
  },
  {
    title: "a new message inside a fragmented one",
    bytes: concatBytes([
      rawFrame({ final: false, payload: "a" }),
      rawFrame({ payload: "b" }),
    ]),
    message: "the message before it is not complete",
  },
  {
    title: "a length of 125 in 16 bits",
    bytes: header(0x82, 126, 0, 125),
    message: "not minimal",
  },
  {
    title: "a length of 65535 in 64 bits",
    bytes: header(0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255),
    message: "not minimal",
  },
  {
    title: "a length of 2^53",
    bytes: header(0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0),
    message: "too large",
  },
  {
    title: "a length with its highest bit set",
    bytes: header(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1),
    message: "too large",
  },
  {
    title: "a close payload of one byte",
    bytes: closing(3),
    message: "cut off",
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535].map((code) => ({
    title: `the close code ${code}`,
    bytes: closing(code >> 8, code & 255),
    message: `code ${code} may not be sent`,
  })),
  {
    title: "a close reason that is not UTF-8",
    bytes: closing(3, 232, 0xc3, 0x28),
    message: "not UTF-8",
  },
  {
    title: "a close reason that ends inside a character",
    bytes: closing(3, 232, 0xe2, 0x82),
    message: "not UTF-8",
  },
];

for (const { title, bytes, message, role = "client" } of MALFORMED) {
  test(`${title} is a ProtocolError, and the reader stays silent after it`, () => {
    const reader = new FrameReader(role);
    reader.feed(bytes);
    assertThrows(
      () => [...drain(reader)],
      ProtocolError,
      message,
    );
    reader.feed(
      rawFrame({ payload: "more", ...role === "server" && { key: KEY } }),
    );
    assertEquals(reader.next(), null);
    assertEquals(reader.buffered, 0);
  });

  test(`${title} is the same error byte by byte`, () => {
    const whole = readAll(role, [new Uint8Array(bytes)]);
    const single = readAll(role, [...bytes].map((byte) => header(byte)));
    assertEquals(single, whole);
    assertEquals(whole.at(-1)?.type, "error");
  });
}

test("events before the malformed frame come first", () => {
  const bytes = concatBytes([
    rawFrame({ payload: "good" }),
    rawFrame({ opcode: ping, payload: "p" }),
    rawFrame({ opcode: text, payload: "bad" }),
  ]);
  const told = readAll("client", [bytes]);
  assertEquals(told.slice(0, 2), [
    { type: "message", data: encodeText("good") },
    { type: "ping", payload: encodeText("p") },
  ]);
  assertEquals(told[2]?.type, "error");
});

test("a malformed frame is refused at its first wrong byte", () => {
  const reader = new FrameReader("client");
  reader.feed(header(0x83));
  assertThrows(() => reader.next(), ProtocolError, "opcode 3 is reserved");
});

test("the largest length that fits a number is accepted", () => {
  const reader = new FrameReader("client");
  reader.feed(header(0x82, 127, 0, 0x1f, 255, 255, 255, 255, 255, 255, 7));
  const event = reader.next();
  assertEquals(event, { type: "data", part: header(7), last: false });
});
