import { assertEquals, assertThrows } from "@std/assert";
import { constants, inflateRawSync } from "node:zlib";
import { concatBytes, decodeText } from "../../../src/bytes.ts";
import {
  encodeDataHead,
  encodeRstStream,
  encodeSpdyPing,
  encodeSynReply,
  encodeSynStream,
} from "../../../src/spdy/frame_writer.ts";
import { HeaderBlockWriter } from "../../../src/spdy/header_block.ts";
import { test } from "../../harness.ts";
import { rawControl, rawData, readAll } from "./spdy_frames.ts";

const BLOCK = Uint8Array.of(9, 8, 7);

test("control frames have the bytes of SPDY/3.1", () => {
  const stream = [0, 0, 0, 3];
  assertEquals(
    encodeSynStream(3, BLOCK, false),
    rawControl({ type: 1, body: [...stream, 0, 0, 0, 0, 0, 0, ...BLOCK] }),
  );
  assertEquals(
    encodeSynStream(3, BLOCK, true),
    rawControl({
      type: 1,
      flags: 1,
      body: [...stream, 0, 0, 0, 0, 0, 0, ...BLOCK],
    }),
  );
  assertEquals(
    encodeSynReply(3, BLOCK),
    rawControl({ type: 2, body: [...stream, ...BLOCK] }),
  );
  assertEquals(
    encodeRstStream(3, 5),
    rawControl({ type: 3, body: [...stream, 0, 0, 0, 5] }),
  );
  assertEquals(
    encodeSpdyPing(0xfffffffe),
    rawControl({ type: 6, body: [255, 255, 255, 254] }),
  );
});

test("a head of data has the stream, the length and the FIN", () => {
  const data = new Uint8Array(70_000);
  for (const fin of [false, true]) {
    const frame = concatBytes([encodeDataHead(3, data.length, fin), data]);
    assertEquals(frame, rawData(3, data, fin));
  }
});

test("the header block has the bytes that Go's reader takes", () => {
  const writer = new HeaderBlockWriter();
  const first = writer.encode({ port: "80" });
  assertEquals([...first], [
    ...[0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2],
    ...[0x00, 18, 0, 255 - 18, 255],
    ...[0, 0, 0, 1, 0, 0, 0, 4, 0x70, 0x6f, 0x72, 0x74],
    ...[0, 0, 0, 2, 0x38, 0x30],
    ...[0x00, 0, 0, 0xff, 0xff],
  ]);
  const second = writer.encode({});
  assertEquals(
    [...second],
    [0, 4, 0, 251, 255, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
  );
});

test("the header blocks of a connection are one deflate stream", () => {
  const writer = new HeaderBlockWriter();
  const blocks = concatBytes([
    writer.encode({ a: "1" }),
    writer.encode({ streamtype: "data", port: "8080" }),
  ]);
  const pairs = inflateRawSync(blocks.subarray(6), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const text = decodeText(pairs).replaceAll("\0", "");
  assertEquals(text, "\x01\x01a\x011\x02\nstreamtype\x04data\x04port\x048080");
});

test("headers of more than a stored block are refused", () => {
  const writer = new HeaderBlockWriter();
  assertEquals(
    writer.encode({ a: "b".repeat(65_535 - 13) }).byteLength,
    6 + 5 + 65_535 + 5,
  );
  assertThrows(() => writer.encode({ a: "b".repeat(65_523) }), RangeError);
});

test("a server reads what a client writes", () => {
  const frames = concatBytes([
    encodeSynStream(1, BLOCK, true),
    encodeSynStream(3, BLOCK, false),
    encodeDataHead(3, 3, false),
    BLOCK,
    encodeSpdyPing(1),
    encodeDataHead(3, 0, true),
    encodeRstStream(3, 5),
  ]);
  assertEquals(readAll("server", [frames]), [
    { opened: 1, headerBlock: BLOCK },
    { finished: 1 },
    { opened: 3, headerBlock: BLOCK },
    { stream: 3, data: BLOCK },
    { ping: 1 },
    { finished: 3 },
    { reset: 3, status: 5 },
  ]);
});
