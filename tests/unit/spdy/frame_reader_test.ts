import { assert, assertEquals, assertThrows } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { SpdyReader } from "../../../src/spdy/frame_reader.ts";
import { test } from "../../harness.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { rawControl, rawData, readAll } from "./spdy_frames.ts";

const BLOCK = new SeededRandom(1).bytes(90);

/** A stream's number in 4 bytes. */
const number = (value: number) => [0, 0, 0, value];

const SYN_STREAM = rawControl({
  type: 1,
  flags: 1,
  body: [...number(5), ...number(0), 0, 0, ...BLOCK],
});

test("data is told with its stream, and a FIN behind its bytes", () => {
  const data = new SeededRandom(2).bytes(70_000);
  const frames = concatBytes([
    rawData(3, data),
    rawData(3, new Uint8Array(0)),
    rawData(1, new Uint8Array(0), true),
    rawData(3, data.subarray(0, 5), true),
  ]);
  assertEquals(readAll("client", [frames]), [
    { stream: 3, data },
    { finished: 1 },
    { stream: 3, data: data.slice(0, 5) },
    { finished: 3 },
  ]);
});

test("data is not kept: a part is a view on the chunk", () => {
  const chunk = rawData(3, new SeededRandom(3).bytes(100));
  const parts: Uint8Array[] = [];
  const reader = new SpdyReader("client", {
    opened() {},
    data: (_, part) => parts.push(part),
    finished() {},
    reset() {},
    ping() {},
  });
  reader.read(chunk.subarray(0, 50));
  assertEquals(parts.map(({ byteLength }) => byteLength), [42]);
  assertEquals(parts[0]!.buffer, chunk.buffer);
  assert(reader.midFrame);
  reader.read(chunk.subarray(50));
  assertEquals(parts.map(({ byteLength }) => byteLength), [42, 58]);
  assert(!reader.midFrame);
});

test("a client skips what a tunnel does not need, FIN excepted", () => {
  const frames = concatBytes([
    rawControl({ type: 2, body: [...number(3), ...BLOCK] }),
    rawControl({ type: 4, flags: 1, body: [...number(1), ...BLOCK] }),
    rawControl({ type: 7, body: [...number(3), ...number(0)] }),
    rawControl({ type: 8, body: [...number(3), ...BLOCK] }),
    rawControl({ type: 9, body: [...number(3), 0, 1, 0, 0] }),
    rawControl({ type: 77, flags: 255, body: BLOCK }),
    rawControl({ type: 2, flags: 1, body: [...number(1), ...BLOCK] }),
    rawControl({ type: 8, flags: 1, body: number(3) }),
  ]);
  assertEquals(readAll("client", [frames]), [{ finished: 1 }, { finished: 3 }]);
});

test("pings and resets are told", () => {
  const frames = concatBytes([
    rawControl({ type: 6, flags: 1, body: number(2) }),
    rawControl({ type: 6, body: [0xff, 0xff, 0xff, 0xff] }),
    rawControl({ type: 3, body: [...number(3), ...number(5)] }),
  ]);
  assertEquals(readAll("client", [frames]), [
    { ping: 2 },
    { ping: 0xffffffff },
    { reset: 3, status: 5 },
  ]);
});

test("a server is told of a new stream with its header block as it came", () => {
  const frames = concatBytes([
    SYN_STREAM,
    rawControl({ type: 1, body: [...number(7), ...number(0), 0, 0] }),
  ]);
  assertEquals(readAll("server", [frames]), [
    { opened: 5, headerBlock: BLOCK },
    { finished: 5 },
    { opened: 7, headerBlock: new Uint8Array(0) },
  ]);
});

test("frames are read however they are split", () => {
  const frames = concatBytes([
    SYN_STREAM,
    rawControl({ type: 6, body: number(1) }),
    rawData(5, BLOCK),
    rawControl({ type: 4, body: BLOCK }),
    rawControl({ type: 3, body: [...number(5), ...number(1)] }),
  ]);
  const whole = readAll("server", [frames]);
  assertEquals(whole.length, 5);
  const bytes = [...frames].map((byte) => Uint8Array.of(byte));
  assertEquals(readAll("server", bytes), whole);
});

const REFUSED: readonly [string, Uint8Array<ArrayBuffer>][] = [
  ["its version is 2", rawControl({ version: 2, type: 6, body: number(1) })],
  ["its data is of stream 0", rawData(0, BLOCK)],
  ["the server opens a stream", SYN_STREAM],
  ["a frame of type 3 has 4 bytes", rawControl({ type: 3, body: number(3) })],
  ["a frame of type 3 has 90 bytes", rawControl({ type: 3, body: BLOCK })],
  ["a frame of type 6 has 0 bytes", rawControl({ type: 6 })],
  ["a frame of type 2 has 3 bytes", rawControl({ type: 2, body: [0, 0, 3] })],
  [
    "a frame of type 8 is of stream 0",
    rawControl({ type: 8, body: number(0) }),
  ],
];

for (const [reason, frame] of REFUSED) {
  test(`a client refuses a frame: ${reason}`, () => {
    const message = `Cannot read the SPDY frame: ${reason}`;
    assertEquals(readAll("client", [frame]), [{ error: message }]);
  });
}

test("a server refuses headers of more than 16 KiB before they arrive", () => {
  const body = new Uint8Array(10 + 16 * 1024 + 1);
  body[3] = 1;
  const frame = rawControl({ type: 1, body });
  assertEquals(readAll("server", [frame.subarray(0, 18)]), [{
    error:
      "Cannot read the SPDY frame: the headers of a stream have 16385 bytes",
  }]);
  const longest = rawControl({
    type: 1,
    flags: 1,
    body: body.subarray(1).fill(1),
  });
  assertEquals(readAll("server", [longest]), [
    { opened: 0x01010101, headerBlock: new Uint8Array(16 * 1024).fill(1) },
    { finished: 0x01010101 },
  ]);
});

test("nothing is read after an error", () => {
  let pings = 0;
  const reader = new SpdyReader("client", {
    opened() {},
    data() {},
    finished() {},
    reset() {},
    ping: () => pings++,
  });
  const ping = rawControl({ type: 6, body: number(2) });
  reader.read(ping);
  assertThrows(() => reader.read(rawControl({ type: 6 })), ProtocolError);
  reader.read(ping);
  assertEquals(pings, 1);
});
